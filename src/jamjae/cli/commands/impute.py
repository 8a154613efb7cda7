"""jamjae impute."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from ..names import AnyData, Examples, RunName


def command(
    run: RunName,
    examples: Examples,
    /,
    *,
    method: Literal["importance", "gibbs"] = "importance",
    draws: int = 0,
    samples: int = 500,
    interval: float = 0.9,
    intervals: bool = False,
    calibrate: bool = True,
    labels: str | None = None,
    seed: int = 0,
    out: Annotated[Path | None, Parameter(alias="-o")] = None,
    json_: Annotated[bool, Parameter(name="--json")] = False,
    data: AnyData = None,
    runs: Path = Path("runs"),
) -> None:
    """Fill in missing cells; what was observed stays as it is. Prints a summary and the files.

    Parameters:
        run: A folder, a name, or `last`.
        examples: A table, or a file of numbers in which NaN is a missing cell.
        method: importance (resampling), or gibbs (a chain for each example; slower).
        draws: How many more files to write in which the gaps are filled in at random, for multiple imputation.
        samples: Draws for each example.
        interval: Share of the missing cells that the intervals are to cover.
        intervals: Add columns NAME_low and NAME_high, of categories NAME_probability.
        calibrate: Hold the intervals against cells hidden in the run's validation split.
        labels: Labels, which a conditional run needs: a .npy file, or a key of the .npz file; those that come with the
            data if left out.
        seed: Of the draws.
        out: A .csv, .parquet or .npy file; imputed.csv in the run folder if left out (imputed.npy without columns).
        json_: Print the summary as JSON.
        data: The training data again, where it was moved or was an array.
        runs: Where runs lie.
    """
    from .. import filled, opened

    found = opened.opened(run, runs, data)
    way = {"method": method, "draws": draws, "samples": samples, "interval": interval, "seed": seed}
    result = found.impute(examples, labels=labels, calibrate=calibrate, **way)
    name = "imputed.npy" if found.form is None else "imputed.csv"
    filled.write(opened.default(found, out, name), result, intervals, json_)
