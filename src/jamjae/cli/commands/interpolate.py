"""jamjae interpolate."""

from pathlib import Path


def command(
    run: str = "last",
    a: int = 0,
    b: int = 1,
    /,
    *,
    steps: int = 10,
    out: Path | None = None,
    data: str | None = None,
    runs: Path = Path("runs"),
) -> None:
    """What lies between the codes of two test examples. Prints the file.

    Parameters:
        run: A folder, a name, or `last`.
        a: Number of the first test example, from 0.
        b: Number of the second one.
        steps: How many pictures, ends included.
        out: A .png or .npy file; interpolation.png in the run folder if left out (.npy if they are no pictures).
        data: The data again, where it was moved or was an array.
        runs: Where runs lie.
    """
    from .. import opened
    from .. import out as files

    found = opened.opened(run, runs, data)
    made = found.interpolate(a, b, steps=steps)
    path = opened.default(found, out, f"interpolation{opened.picture(found)}")
    files.write(path, made, opened.limits(found), columns=steps)
