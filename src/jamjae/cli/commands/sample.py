"""jamjae sample."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..names import RunName


def command(
    run: RunName = "last",
    n: int = 64,
    /,
    *,
    label: Annotated[list[str] | None, Parameter(consume_multiple=False)] = None,
    out: Annotated[Path | None, Parameter(alias="-o")] = None,
    noise: bool = False,
    seed: int = 0,
    runs: Path = Path("runs"),
) -> None:
    """New examples from a run: codes from the prior, decoded. Prints the file.

    Parameters:
        run: A folder, a name, or `last`.
        n: How many.
        label: Of a conditional run: a class or a number. May be repeated, for equal shares in that order; left out,
            labels are drawn as often as training saw them.
        out: A .png, .csv, .parquet, .txt, .wav or .npy file, as suits the data (of recordings also a folder for a file
            each); samples in the run folder if left out.
        noise: Draw from p(x | z) instead of showing its mean.
        seed: Which ones.
        runs: Where runs lie.
    """
    from .. import opened
    from .. import out as files

    found = opened.opened(run, runs)
    made = found.sample(n, label=label, noise=noise, seed=seed)
    path = opened.default(found, out, f"samples{opened.picture(found)}")
    files.write(path, made, opened.limits(found), form=found.form)
