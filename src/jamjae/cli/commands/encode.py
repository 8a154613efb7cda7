"""jamjae encode."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def command(
    run: str,
    data: str | None = None,
    /,
    *,
    labels: str | None = None,
    out: Annotated[Path | None, Parameter(alias="-o")] = None,
    runs: Path = Path("runs"),
) -> None:
    """Codes of examples. Prints the file.

    Parameters:
        run: A folder, a name, or `last`.
        data: A data set, a file or a folder of pictures; the run's own data if left out, all splits in their order.
        labels: Their labels, which a conditional run needs: a .npy file, or a key of the .npz file; those that come
            with the data if left out.
        out: A .csv file (with labels, if there are any) or a .npy file; codes.csv in the run folder if left out.
        runs: Where runs lie.
    """
    from .. import opened
    from .. import out as files
    from ..progress import complain

    found = opened.opened(run, runs)
    codes, names = found.codes(data, labels)
    if found.errors is not None:
        complain(f"no encoder: codes found by search, with a squared error of {found.errors.mean():.4g} per example")
    files.write_codes(opened.default(found, out, "codes.csv"), codes, names)
