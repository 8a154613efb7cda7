"""jamjae encode."""

from pathlib import Path


def command(
    run: str,
    data: str | None = None,
    /,
    *,
    out: Path | None = None,
    runs: Path = Path("runs"),
) -> None:
    """Codes of examples. Prints the file.

    Parameters:
        run: A folder, a name, or `last`.
        data: A data set or file; the run's own data if left out, all splits in their order.
        out: A .csv file (with labels, if there are any) or a .npy file; codes.csv in the run folder if left out.
        runs: Where runs lie.
    """
    from .. import opened
    from .. import out as files

    found = opened.opened(run, runs)
    codes, labels = found.codes(data)
    files.write_codes(opened.default(found, out, "codes.csv"), codes, labels)
