"""Libraries that only some kinds of data need."""

from importlib import import_module
from typing import Any

from ..core.errors import JamjaeError


def needed(module: str, extra: str, what: str) -> Any:
    """A module of an extra.

    Raises:
        JamjaeError: If it is not installed; with what to type.
    """
    try:
        return import_module(module)
    except ImportError:
        package = module.split(".")[0]
        raise JamjaeError(f"{what} needs {package}, which is not installed: pip install 'jamjae[{extra}]'.") from None
