"""JSON from a request: small numbers, not deep, an object."""

import json
import math
from collections.abc import Iterator
from typing import Any

from ..core.errors import UsageError

DEEPEST = 32
LARGEST = 2**53  # whole numbers beyond it are not the same in JavaScript


def read(raw: bytes) -> dict[str, Any]:
    """The object that a body holds.

    Raises:
        UsageError: For anything else, numbers that are not finite, and nesting beyond 32.

    Example:
        >>> read(b'{"z": [[0.5, -1]]}')
        {'z': [[0.5, -1]]}
        >>> read(b'{"z": [[1e999]]}')
        Traceback (most recent call last):
        jamjae.core.errors.UsageError: the body must hold finite numbers.
    """
    try:
        value = json.loads(raw, parse_constant=_finite, parse_float=_finite, parse_int=_whole)
    except UsageError:
        raise
    except RecursionError:
        raise _deep() from None
    except ValueError:  # no UTF-8, no JSON, or more digits than Python reads
        raise UsageError("the body must be JSON.") from None
    if not isinstance(value, dict):
        raise UsageError("the body must be a JSON object.")
    if any(level >= DEEPEST for level, _ in enumerate(levels(value))):
        raise _deep()
    return value


def levels(value: Any) -> Iterator[list[Any]]:
    """The objects and lists of a value, level by level."""
    level = [value]
    while level:
        yield level
        inner = (item for one in level for item in (one.values() if isinstance(one, dict) else one))
        level = [item for item in inner if isinstance(item, (dict, list))]


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise UsageError("the body must hold finite numbers.")
    return value


def _whole(text: str) -> int:
    value = int(text)
    if abs(value) > LARGEST:
        raise UsageError("the body must hold whole numbers up to 2^53.")
    return value


def _deep() -> UsageError:
    return UsageError(f"the body must be nested at most {DEEPEST} deep.")
