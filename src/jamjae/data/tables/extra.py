"""The libraries that tables need, imported when they are needed."""

from typing import Any

from ..extras import needed


def library(name: str) -> Any:
    """A module of pandas or pyarrow.

    Raises:
        JamjaeError: If the extra `tables` is not installed.
    """
    return needed(name, "tables", "a table")
