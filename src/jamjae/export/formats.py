"""The formats by name, and how a folder of them comes to be: whole or not at all."""

from collections.abc import Callable
from pathlib import Path

from ..core.errors import require, unknown
from ..core.files import write_folder
from . import hub, onnx, torch_export, weights
from .material import Exported, Made, Material

FORMATS: dict[str, Callable[[Material], Made]] = {
    "onnx": onnx.export,
    "torch-export": torch_export.export,
    "weights": weights.export,
    "hub": hub.export,
}


def check(name: str, folder: Path) -> None:
    """Whether there is such a format, and room for its folder.

    Raises:
        UsageError: If the format is unknown, or the folder exists.
    """
    if name not in FORMATS:
        raise unknown("format", name, FORMATS)
    require(not folder.exists(), "`out` must not exist yet", str(folder), "Name another folder: -o FOLDER.")


def write(material: Material, name: str, folder: Path) -> Exported:
    """Make a format in memory, check it there, then write the folder at once.

    Raises:
        UsageError: If the format is unknown, or the folder exists.
        JamjaeError: If a graph differs from the model by more than 1e-4, or a package is missing.
    """
    check(name, folder)
    made = FORMATS[name](material)
    folder.parent.mkdir(parents=True, exist_ok=True)
    write_folder(folder, made.files)
    return Exported(folder, made.differences)
