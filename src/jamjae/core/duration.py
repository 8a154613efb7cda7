"""Durations as people write them."""

import math
import re

from .errors import require

UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
REMEDY = "Pass 90s, 2m or 1h30m."


def duration(text: float | str) -> float:
    """Seconds.

    Raises:
        UsageError: For what is no positive duration.

    Example:
        >>> duration("2m"), duration("1h30m"), duration("45"), duration(0.5)
        (120.0, 5400.0, 45.0, 0.5)
    """
    pieces = re.findall(r"(\d+(?:\.\d+)?)\s*([hms]?)", str(text))
    whole = "".join(number + unit for number, unit in pieces) == str(text).replace(" ", "")
    seconds = sum(float(number) * UNITS[unit] for number, unit in pieces) if whole else 0.0
    require(0 < seconds < math.inf, "a duration must be a positive number of seconds, minutes or hours", text, REMEDY)
    return seconds
