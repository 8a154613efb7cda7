"""jamjae decode."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..names import RunName


def command(
    run: RunName,
    codes: Path,
    /,
    *,
    label: Annotated[list[str] | None, Parameter(consume_multiple=False)] = None,
    out: Annotated[Path | None, Parameter(alias="-o")] = None,
    runs: Path = Path("runs"),
) -> None:
    """Examples of codes. Prints the file.

    Parameters:
        run: A folder, a name, or `last`.
        codes: A .npy or .csv file of codes, one a row, such as `jamjae encode` writes.
        label: Of a conditional run: a class or a number, for all codes; may be repeated, for equal shares in that
            order. Left out, the labels in the .csv file.
        out: A .png, .csv, .parquet, .txt, .wav or .npy file, as suits the data (of recordings also a folder for a file
            each); decoded in the run folder if left out.
        runs: Where runs lie.
    """
    from .. import codes as read
    from .. import opened
    from .. import out as files

    found = opened.opened(run, runs)
    z, own = read.codes(codes)
    made = found.decode(z, label=label or (own if found.model.condition is not None else None))
    path = opened.default(found, out, f"decoded{opened.picture(found)}")
    files.write(path, made, opened.limits(found), form=found.form)
