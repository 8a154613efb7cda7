"""jamjae predict."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..names import AnyData, Examples, RunName


def command(
    run: RunName,
    examples: Examples,
    /,
    *,
    head: str | None = None,
    labels: str | None = None,
    out: Annotated[Path | None, Parameter(alias="-o")] = None,
    json_: Annotated[bool, Parameter(name="--json")] = False,
    data: AnyData = None,
    runs: Path = Path("runs"),
) -> None:
    """Labels of examples, by a small head on the codes of the training split. Prints how good it is on the test split,
    beside the same head on principal components, and the file.

    Parameters:
        run: A folder, a name, or `last`.
        examples: A data set or file.
        head: For classes logistic, forest or knn; for numbers ridge, forest or knn; the first of these if left out.
        labels: What to predict, one label for each example of the run's data: a .npy file, or a key of the .npz file;
            the labels of the data if left out.
        out: A .csv, .json or .parquet file with a row an example; predictions.csv in the run folder if left out.
        json_: Print the summary as JSON.
        data: The training data again, where it was moved or was an array.
        runs: Where runs lie.
    """
    from .. import opened, predictions

    found = opened.opened(run, runs, data)
    result = found.predict(examples, head=head, labels=labels)
    predictions.write(opened.default(found, out, "predictions.csv"), found, result, json_)
