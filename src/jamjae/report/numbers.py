"""Numbers as the report prints them: value, interval, baseline, and a small scale that all runs share."""

import math
from dataclasses import dataclass

from ..evaluation.base import Measurement
from . import words
from .facts import Facts


@dataclass(frozen=True)
class Cell:
    """One run's value of a metric as text, and places on the shared scale in percent (None: not drawn)."""

    run: str
    value: str
    interval: str
    baseline: str
    found: Measurement
    places: dict[str, float]


@dataclass(frozen=True)
class Line:
    """A metric: what it is called, what it means, and every run's cell."""

    name: str
    title: str
    unit: str
    words: words.Words
    cells: tuple[Cell, ...]


def lines(runs: list[Facts]) -> list[Line]:
    """One line per metric that has a value in some run, in the order of the first run that has measured it."""
    names = dict.fromkeys(m.name for facts in runs for m in facts.measurements)
    valued = {m.name for facts in runs for m in facts.measurements if m.value is not None}
    return [line(name, runs) for name in names if name in valued]


def without(runs: list[Facts]) -> dict[str, list[str]]:
    """Why some metrics have no value in any run, and the titles of those."""
    valued = {line.name for line in lines(runs)}
    reasons: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    for m in (m for facts in runs for m in facts.measurements if m.name not in valued):
        reasons.setdefault(m.name, []).append(m.reason)
        titles[m.name] = m.title or m.name.replace("_", " ")
    found: dict[str, list[str]] = {}
    for name, said in reasons.items():
        found.setdefault("; ".join(dict.fromkeys(said)), []).append(titles[name])
    return found


def line(name: str, runs: list[Facts]) -> Line:
    """A metric of every run, on one scale."""
    found = [(facts.title, m) for facts in runs for m in facts.measurements if m.name == name]
    scale = span([m for _, m in found])
    first = found[0][1]
    drawn = sum(m.value is not None for _, m in found) > 1 or any(m.baseline is not None for _, m in found)
    cells = tuple(cell(run, m, scale if drawn else None) for run, m in found)
    return Line(
        name, first.title or name.replace("_", " "), first.unit, words.METRICS.get(name, words.Words("")), cells
    )


def cell(run: str, m: Measurement, scale: tuple[float, float] | None) -> Cell:
    """A measurement as text, and as places on the scale if there is anything on it to compare with."""
    if m.value is None:
        return Cell(run, "undefined", "", "", m, {})
    digits = decimals(m)
    interval = f"{number(m.interval[0], digits)} to {number(m.interval[1], digits)}" if m.interval else ""
    baseline = number(m.baseline, digits) if m.baseline is not None else ""
    return Cell(run, number(m.value, digits), interval, baseline, m, places(m, scale) if scale else {})


def decimals(m: Measurement) -> int:
    """As many decimals as the interval supports: two digits of its half-width; at most seven.

    Example:
        >>> decimals(Measurement(value=-98.4231, interval=(-99.9, -96.9))), decimals(Measurement(value=7.0))
        (1, 0)
    """
    assert m.value is not None
    if m.interval and 0 < m.interval[1] - m.interval[0] < math.inf:
        half = (m.interval[1] - m.interval[0]) / 2
        return int(min(7, max(0, 1 - math.floor(math.log10(half)))))
    if float(m.value).is_integer():
        return 0
    return int(min(7, max(0, 3 - math.floor(math.log10(max(abs(m.value), 1e-9))))))


def number(value: float, digits: int) -> str:
    """A number with thousands separated and a true minus sign; very large and very small ones in powers of ten.

    Example:
        >>> number(-1234.567, 1), number(1.5e9, 0), number(0.00001234, 4)
        ('−1,234.6', '1.5e+09', '1.2e−05')
    """
    plain = value == 0 or 10.0**-digits <= abs(value) < 1e7
    return (f"{value:,.{digits}f}" if plain else f"{value:.2g}").replace("-", "−")


def span(measurements: list[Measurement]) -> tuple[float, float]:
    """The scale that holds every value, interval and baseline, with a margin."""
    held = [v for m in measurements for v in (m.value, m.baseline, *(m.interval or ())) if v is not None]
    held = [v for v in held if math.isfinite(v)]
    low, high = (min(held), max(held)) if held else (0.0, 1.0)
    pad = 0.08 * (high - low) or 0.5
    return low - pad, high + pad


def places(m: Measurement, scale: tuple[float, float]) -> dict[str, float]:
    """Where value, interval and baseline stand on the scale, in percent."""
    given = {"value": m.value, "baseline": m.baseline}
    given |= dict(zip(("low", "high"), m.interval, strict=True)) if m.interval else {}
    width = scale[1] - scale[0]
    return {k: round(100 * (v - scale[0]) / width, 2) for k, v in given.items() if v is not None and math.isfinite(v)}
