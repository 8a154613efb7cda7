"""What is exported, and what comes of it, as plain values: no run folder, no command line."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor

from ..models.latent import LatentModel

Examples = Callable[[], tuple[Tensor, Tensor | None]]


@dataclass(frozen=True)
class Material:
    """A run, as the formats take it.

    Arguments:
        name: Name of the run.
        spec: Its spec.
        result: How its training ended; empty while it has not.
        model: The fitted model.
        examples: Real examples (n, *event) and their labels to check graphs with; called where they are needed.
        card: The model card, and what was measured; called where they are needed.
    """

    name: str
    spec: dict[str, Any]
    result: dict[str, Any]
    model: LatentModel
    examples: Examples
    card: Callable[[], tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Made:
    """Files by name, and by graph the largest difference from torch that was seen."""

    files: dict[str, bytes]
    differences: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Exported:
    """The folder that was written, and by graph the largest difference from torch: of examples in units of the data's
    range, of codes absolute up to 1 and relative beyond."""

    folder: Path
    differences: dict[str, float]
