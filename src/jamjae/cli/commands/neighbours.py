"""jamjae neighbours."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..names import AnyData, Examples, RunName


def command(
    run: RunName,
    examples: Examples,
    /,
    *,
    k: Annotated[int, Parameter(alias="-k")] = 5,
    split: str = "train",
    labels: str | None = None,
    out: Annotated[Path | None, Parameter(alias="-o")] = None,
    data: AnyData = None,
    runs: Path = Path("runs"),
) -> None:
    """The examples of a run's data whose codes are nearest to those of other examples. Prints the file.

    Parameters:
        run: A folder, a name, or `last`.
        examples: A data set or file: what to find neighbours of.
        k: How many.
        split: Where to look: train, validation or test.
        labels: Their labels, which a conditional run needs: a .npy file, or a key of the .npz file; those that come
            with the data if left out.
        out: A .png file (the first 20 examples, each before its neighbours) or a .csv, .json or .parquet file with a
            row a neighbour; in the run folder if left out, neighbours.png of pictures and neighbours.csv of others.
        data: The run's data again, where it was moved or was an array.
        runs: Where runs lie.
    """
    from .. import neighbours, opened

    found = opened.opened(run, runs, data)
    result = found.neighbours(examples, k, split=split, labels=labels)
    usual = "neighbours.png" if opened.picture(found) == ".png" else "neighbours.csv"
    neighbours.write(opened.default(found, out, usual), found, examples, result)
