"""What a pickle may do to its reader."""

from pathlib import Path
from typing import Any


class Trap:
    """Once pickled, it makes an empty file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)
