"""Where training keeps its states and its log: in the run folder, or in memory for as long as it takes."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from torch import Tensor

from ..core.files import sweep
from . import checkpoint
from .journal import Journal, Row, known

Found = tuple[dict[str, Any], dict[str, Tensor]]


class Folder:
    """Checkpoints and metrics.jsonl of a run.

    Arguments:
        folder: The run folder; its lock is the caller's.
    """

    def __init__(self, folder: Path) -> None:
        self.checkpoints, self.journal = folder / "checkpoints", Journal(folder / "metrics.jsonl")

    def open(self) -> None:
        """Make room, and remove what killed writers left: here only, since a reader must not sweep under the writer."""
        self.checkpoints.mkdir(parents=True, exist_ok=True)
        for folder in (self.checkpoints.parent, self.checkpoints):
            sweep(folder)

    def save(self, step: int, tensors: dict[str, Tensor], state: dict[str, Any]) -> None:
        """Keep the state of a step."""
        checkpoint.write(self.checkpoints, step, tensors, state)

    def newest(self, warn: Callable[[str], None]) -> Found | None:
        """The newest state, as `checkpoint.newest` gives it; None before the first."""
        return checkpoint.newest(self.checkpoints, warn, aside=True)


class Memory:
    """The same in memory: the last state, to go back to after a non-finite step, and the rows of the log."""

    def __init__(self) -> None:
        self.journal = Log()
        self.kept: Found | None = None

    def open(self) -> None:
        """Nothing to do."""

    def save(self, step: int, tensors: dict[str, Tensor], state: dict[str, Any]) -> None:
        """Keep the state of a step, and forget the one before it."""
        self.kept = {"step": step, "state": deepcopy(state)}, copied(tensors)

    def newest(self, warn: Callable[[str], None]) -> Found | None:
        """The last state; None before the first."""
        return None if self.kept is None else (deepcopy(self.kept[0]), copied(self.kept[1]))


class Log:
    """The rows of a fit without a folder; see `Journal`."""

    def __init__(self) -> None:
        self.kept: list[Row] = []

    def add(self, row: Row) -> None:
        """Append one row."""
        self.kept.append(row)

    def begun(self) -> bool:
        """Whether the first row is there."""
        return bool(self.kept)

    def rows(self) -> list[Row]:
        """Every row."""
        return list(self.kept)

    def cut(self, step: int, rollbacks: int) -> None:
        """Forget what a state at `step` does not know."""
        self.kept = known(self.kept, step, rollbacks)


def copied(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors in memory of their own: training goes on in place."""
    return {k: v.detach().clone() for k, v in tensors.items()}
