"""The libraries that tables need, imported when they are needed."""

from importlib import import_module
from typing import Any

from ...core.errors import JamjaeError


def library(name: str) -> Any:
    """A module of pandas or pyarrow.

    Raises:
        JamjaeError: If the extra `tables` is not installed.
    """
    try:
        return import_module(name)
    except ImportError:
        raise JamjaeError("tables need pandas and pyarrow. Install them: pip install 'jamjae[tables]'.") from None
