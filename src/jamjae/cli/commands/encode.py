"""jamjae encode."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..names import AnyData, RunName


def command(
    run: RunName,
    data: AnyData = None,
    /,
    *,
    labels: str | None = None,
    deviation: bool = False,
    out: Annotated[Path | None, Parameter(alias="-o")] = None,
    runs: Path = Path("runs"),
) -> None:
    """Codes of examples. Prints the file.

    Parameters:
        run: A folder, a name, or `last`.
        data: A data set, a file, or a folder of pictures or recordings; the run's own data if left out, all
            splits in their order.
        labels: Their labels, which a conditional run needs: a .npy file, or a key of the .npz file; those that come
            with the data if left out.
        deviation: Also the posterior's standard deviations, in a .parquet or .npz file.
        out: A .csv file (with labels, if there are any), a .npy file, a .npz file or a .parquet file (columns z_1, z_2,
            ..., label, row; the run's name and fingerprints in its metadata); codes.csv in the run folder if left out.
        runs: Where runs lie.
    """
    from ...coding import coded
    from .. import opened, tables
    from ..progress import complain

    found = opened.opened(run, runs)
    codes = coded(found, data, labels, deviation)
    if codes.errors is not None:
        complain(f"no encoder: codes found by search, with a squared error of {codes.errors.mean():.4g} per example")
    tables.write_codes(opened.default(found, out, "codes.csv"), found, codes)
