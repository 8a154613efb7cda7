"""The values of a sweep: which option is swept, and the numbers that a range or a list stands for."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..core.errors import UsageError, require

NUMBER = r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?"
RANGE = re.compile(rf"\s*({NUMBER})\s*\.\.\s*({NUMBER})\s*")
LIST = re.compile(rf"\s*{NUMBER}\s*(,\s*{NUMBER}\s*)+")
DECADE = 10.0  # a range this wide or wider is spaced evenly in the logarithm
DIGITS = 3  # of the values between the ends
Accepts = Callable[[Mapping[str, Any]], bool]


def swept(options: Mapping[str, Any], points: int, accepts: Accepts) -> tuple[str, list[float]]:
    """The option with several values, and these.

    An option with a range is swept. Without a range, one with a list of numbers; where several have lists (widths of
    networks are lists by themselves), the one that cannot take its list as a single value.

    Arguments:
        options: Name -> value; ranges and lists as text, or lists of numbers.
        points: How many values a range has.
        accepts: Whether options make a valid plan.

    Raises:
        UsageError: Unless exactly one option is swept.
    """
    ranges = [name for name, value in options.items() if isinstance(value, str) and RANGE.fullmatch(value)]
    names = ranges or [name for name, value in options.items() if numbers(value)]
    if len(names) > 1 and not ranges:
        names = [name for name in names if accepts({**options, name: numbers(options[name])[0]})]
    if len(names) != 1:
        said = f"got {', '.join(names)}" if names else "no option has a range"
        raise UsageError(f"exactly one option is swept; {said}. Write for example --objective.beta 0.1..16.")
    name, value = names[0], options[names[0]]
    found = spaced(value, points) if ranges else numbers(value)
    fraction = next((v for v in found if v != int(v)), None)
    if ranges and fraction is not None and whole_ends(value) and not accepts({**options, name: fraction}):
        found = [plain(round(v)) for v in found]  # an option that counts something
    return name, list(dict.fromkeys(found))


def numbers(value: Any) -> list[float]:
    """The numbers of a list, or of a text such as "0.5,1,4"; empty for anything else."""
    if isinstance(value, str):
        return [plain(float(v)) for v in value.split(",")] if LIST.fullmatch(value) else []
    given = list(value) if isinstance(value, (list, tuple)) else []
    return [plain(v) for v in given] if len(given) > 1 and all(isinstance(v, (int, float)) for v in given) else []


def spaced(value: str, points: int) -> list[float]:
    """The values of a range a..b, both ends among them: evenly in the logarithm where both are positive and b / a is 10
    or more, otherwise evenly. Values between have three digits.

    Example:
        >>> spaced("0.1..10", 5), spaced("0..1", 3), spaced("2..10", 3)
        ([0.1, 0.316, 1, 3.16, 10], [0, 0.5, 1], [2, 6, 10])
    """
    require(points >= 2, "`points` must be at least 2", points, "Pass points=8.")
    a, b = ends(value)
    require(a < b, "a range runs from the smaller to the larger value", value, f"Write {b:g}..{a:g}.")
    ratio = b / a if a > 0 else 0.0
    shares = [n / (points - 1) for n in range(1, points - 1)]
    inner = [a * ratio**s if ratio >= DECADE else a + (b - a) * s for s in shares]
    return [plain(a), *(plain(float(f"{v:.{DIGITS}g}")) for v in inner), plain(b)]


def ends(value: str) -> tuple[float, float]:
    """Both ends of a range."""
    found = RANGE.fullmatch(value)
    assert found is not None
    return float(found[1]), float(found[2])


def whole_ends(value: str) -> bool:
    """Whether both ends of a range are whole numbers."""
    return all(v == int(v) for v in ends(value))


def plain(v: float) -> float:
    """A whole number as int, so that options which count something take it."""
    return int(v) if math.isfinite(v) and v == int(v) else float(v)


def logarithmic(values: Sequence[float]) -> bool:
    """Whether values are best drawn on a logarithmic scale."""
    return min(values) > 0 and max(values) / min(values) >= DECADE
