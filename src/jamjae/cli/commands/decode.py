"""jamjae decode."""

from pathlib import Path


def command(run: str, codes: Path, /, *, out: Path | None = None, runs: Path = Path("runs")) -> None:
    """Examples of codes. Prints the file.

    Parameters:
        run: A folder, a name, or `last`.
        codes: A .npy or .csv file of codes, one a row, such as `jamjae encode` writes.
        out: A .png or .npy file; decoded.png in the run folder if left out (.npy if they are no pictures).
        runs: Where runs lie.
    """
    from .. import codes as read
    from .. import opened
    from .. import out as files

    found = opened.opened(run, runs)
    made = found.decode(read.codes(codes))
    files.write(opened.default(found, out, f"decoded{opened.picture(found)}"), made, opened.limits(found))
