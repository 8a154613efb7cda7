"""jamjae export."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..names import AnyData, RunName


def command(
    run: RunName = "last",
    /,
    *,
    format: str = "onnx",
    out: Annotated[Path | None, Parameter(alias="-o")] = None,
    data: AnyData = None,
    runs: Path = Path("runs"),
) -> None:
    """The model of a run for other programs, checked against the run itself. Prints the folder.

    Parameters:
        run: A folder, a name, or `last`.
        format: onnx (encoder.onnx and decoder.onnx), torch-export (the same as .pt2), weights (weights.safetensors and
            spec.json) or hub (with a model card, as model hubs expect it).
        out: The folder, which must not exist yet; named after the format, in the run folder, if left out.
        data: The data again, where it was moved or was an array.
        runs: Where runs lie.
    """
    from .. import opened
    from ..progress import complain

    made = opened.opened(run, runs, data).export(format, out)
    for name, difference in made.differences.items():
        complain(f"{name}: differs from torch by {difference:.2g} at most")
    print(made.folder)
