"""jamjae interpolate."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..names import AnyData, RunName


def command(
    run: RunName = "last",
    a: int = 0,
    b: int = 1,
    /,
    *,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    to: str | None = None,
    steps: int = 10,
    label: Annotated[list[str] | None, Parameter(consume_multiple=False)] = None,
    out: Annotated[Path | None, Parameter(alias="-o")] = None,
    data: AnyData = None,
    runs: Path = Path("runs"),
) -> None:
    """What lies between the codes of two test examples, or between two draws from the prior of a run that only
    generates. Prints the file.

    Parameters:
        run: A folder, a name, or `last`.
        a: Number of the first test example (or draw), from 0.
        b: Number of the second one.
        from_: Of a run on text: the sentence to begin with, in place of a test example.
        to: The sentence to end with.
        steps: How many pictures, ends included.
        label: Of a conditional run: decode under this class or number, from end to end; may be repeated, for equal
            shares in that order. Left out, each picture has the label of the nearer end (of numbers, the one in
            between).
        out: A .png, .csv, .parquet, .txt, .wav or .npy file, as suits the data (of recordings also a folder for a file
            each); interpolation in the run folder if left out.
        data: The data again, where it was moved or was an array.
        runs: Where runs lie.
    """
    from .. import opened
    from .. import out as files

    found = opened.opened(run, runs, data)
    codes, labels = found.between(
        *((a, b) if from_ is to is None else (from_ or "", to or "")), steps=steps, label=label
    )
    if labels is not None:
        print(f"jamjae: decoded under the labels {', '.join(name or 'none' for name in labels)}", file=sys.stderr)
    made = found.decode(codes, label=labels)
    path = opened.default(found, out, f"interpolation{opened.picture(found)}")
    files.write(path, made, opened.limits(found), columns=steps, form=found.form)
