"""jamjae reconstruct."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..names import AnyData, RunName


def command(
    run: RunName,
    data: AnyData = None,
    /,
    *,
    limit: int = 50,
    labels: str | None = None,
    out: Annotated[Path | None, Parameter(alias="-o")] = None,
    runs: Path = Path("runs"),
) -> None:
    """Examples through the code and back. Prints the file.

    Parameters:
        run: A folder, a name, or `last`.
        data: A data set, a file, or a folder of pictures or recordings; the run's own test split if left out.
        limit: At most so many examples; 0 for all.
        labels: Their labels, which a conditional run needs: a .npy file, or a key of the .npz file; those that come
            with the data if left out.
        out: A .png file (each row of originals above its copies), or the copies alone in a .csv, .parquet, .txt, .wav
            or .npy file, as suits the data (of recordings also a folder for a file each); reconstructions in the run
            folder if left out.
        runs: Where runs lie.
    """
    from .. import opened
    from .. import out as files

    found = opened.opened(run, runs)
    originals, copies = found.pairs(data, limit or None, labels=labels)
    path = opened.default(found, out, f"reconstructions{opened.picture(found)}")
    files.write_pairs(path, originals, copies, opened.limits(found), found.form)
