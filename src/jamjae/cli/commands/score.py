"""jamjae score."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..names import AnyData, AnyRun, Examples, RunName


def command(
    run: RunName,
    examples: Examples,
    /,
    *,
    by: str | None = None,
    labels: str | None = None,
    samples: int = 100,
    quantile: float = 0.99,
    seed: int = 0,
    background: AnyRun = None,
    out: Annotated[Path | None, Parameter(alias="-o")] = None,
    json_: Annotated[bool, Parameter(name="--json")] = False,
    data: AnyData = None,
    runs: Path = Path("runs"),
) -> None:
    """How strange each example is, larger is stranger, and which are flagged. Prints a summary and the file.

    Parameters:
        run: A folder, a name, or `last`.
        examples: A data set or file.
        by: likelihood, reconstruction, latent, neighbours, combined, ratio, distance, or inversion for a model without
            an encoder; the first that has a meaning if left out.
        labels: 1 for an anomaly and 0 for a normal example, if known: a .npy file, or a key of the .npz file; those
            that come with the data if left out. A conditional run is told them as in `encode`.
        samples: Draws of the code for each example.
        quantile: Of the scores of the run's validation split, above which an example is flagged.
        seed: Of the draws.
        background: With --by ratio, the run whose likelihood is compared with this one's.
        out: A .csv or .json file with a row an example, of a table with its own columns first (.parquet, too);
            scores.csv in the run folder if left out.
        json_: Print the summary as JSON.
        data: The training data again, where it was moved or was an array.
        runs: Where runs lie.
    """
    from .. import opened, scores

    found = opened.opened(run, runs, data)
    other = None if background is None else opened.load(background, runs=runs)
    asked = {"by": by, "labels": labels, "samples": samples, "quantile": quantile, "seed": seed, "background": other}
    result = found.score(examples, **asked)
    scores.write(opened.default(found, out, "scores.csv"), result, json_)
