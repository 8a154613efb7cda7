"""What training tells whoever watches. The command line implements it; the default says nothing."""

from typing import Any


class Display:
    """A silent watcher."""

    def start(self, step: int, total: int, per_epoch: float) -> None:
        """Training begins at `step` of `total`."""

    def tick(self, step: int, values: dict[str, float]) -> None:
        """About five times a second: the running means since the last row."""

    def row(self, row: dict[str, Any]) -> None:
        """A row of metrics was written."""

    def note(self, text: str) -> None:
        """Something the user should know."""

    def warn(self, text: str) -> None:
        """Something the user must know."""

    def stop(self) -> None:
        """Training ended, well or not."""
