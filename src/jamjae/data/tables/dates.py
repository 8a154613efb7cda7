"""Dates as people write them, as days since 1970-01-01."""

import math
from datetime import UTC, datetime

ISO = "iso"
FORMATS = (
    ISO,
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y. %m. %d.",
    "%Y년 %m월 %d일",
    "%Y년%m월%d일",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
)
_START = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400


def days(text: str, format: str) -> float | None:
    """Days since 1970-01-01 of a date in that format ("iso", or one of `strptime`); None where it is none.

    Example:
        >>> days("1970-01-03", "iso"), days("1970년 1월 3일", "%Y년 %m월 %d일"), days("3.1.1970 ", "iso")
        (2.0, 2.0, None)
    """
    try:
        at = datetime.fromisoformat(text.strip()) if format == ISO else datetime.strptime(text.strip(), format)
    except ValueError:
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return (at - _START).total_seconds() / _DAY


def formats(texts: list[str]) -> list[str]:
    """The formats that every text has.

    Example:
        >>> formats(["31.01.2024"]), formats(["03/04/2024", "05/06/2024"])
        (['%d.%m.%Y'], ['%d/%m/%Y', '%m/%d/%Y'])
    """
    return [f for f in FORMATS if texts and all(days(text, f) is not None for text in texts)]


def dated(day: float, whole: bool) -> str:
    """A number of days as an ISO date, with its time to five minutes (32 bits hold three) unless whole days are meant.

    Example:
        >>> dated(2.0, True), dated(2.5, False)
        ('1970-01-03', '1970-01-03 12:00')
    """
    step = _DAY if whole else 300
    at = datetime.fromtimestamp(min(max(round(day * _DAY / step) * step, -62e9), 253e9), UTC)
    return at.strftime("%Y-%m-%d" if whole else "%Y-%m-%d %H:%M").rjust(10, "0")


def whole(day: float) -> bool:
    """Whether there is no time of day in it."""
    return math.isnan(day) or day.is_integer()
