"""The page of a comparison: table, verdicts and claims first, then the pictures of the first run of every arm."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..comparison import Against, Arm, Cell, Comparison, Row
from ..comparison.text import sentence, spoken, value
from ..core.files import write_bytes
from . import words
from .facts import Facts
from .html import pictured, rendered
from .translation import check

Places = dict[str, float]
INSIDE = (4.0, 96.0)  # percent of a scale that is used, so that dots are not cut


@dataclass(frozen=True)
class ArmShown:
    """An arm's number: as text, and its seeds as places on the scale of the metric, in percent."""

    title: str
    text: str
    cell: Cell
    seeds: list[float]
    mean: float | None


@dataclass(frozen=True)
class AgainstShown:
    """A difference: as text, and its ends and zero as places on the scale of the metric's differences, in percent."""

    found: Against
    text: str
    places: Places


@dataclass(frozen=True)
class Card:
    """A metric of all arms, and what it means in words."""

    row: Row
    words: words.Words
    arms: list[ArmShown]
    against: list[AgainstShown]


def write_comparison(found: Comparison, runs: Sequence[Facts], path: str | Path, language: str = "en") -> Path:
    """Write the page and return its path; `runs` are the first of every arm, in the order of the arms.

    Raises:
        UsageError: If the language is unknown.
    """
    page = comparison_page(found, runs, check(language))
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, page.encode())
    return path


def comparison_page(found: Comparison, runs: Sequence[Facts], language: str = "en") -> str:
    """The page as text, in English ("en") or Korean ("ko")."""
    cards = [card(row, found.arms) for row in found.rows if any(cell.value is not None for cell in row.cells)]
    content: dict[str, Any] = {**pictured(list(runs)), "warnings": [], "metrics": [], "without": {}}
    content["title"] = f"Side by side: {', '.join(arm.title for arm in found.arms)}"
    content |= {"comparison": found, "cards": cards, "undefined": undefined(found), "sentence": sentence}
    return rendered("comparison.html.jinja", language, **content)


def undefined(found: Comparison) -> dict[str, list[str]]:
    """Metrics without any value, by reason."""
    reasons: dict[str, list[str]] = {}
    for row in found.rows:
        if all(cell.value is None for cell in row.cells):
            reason = "; ".join(dict.fromkeys(cell.reason for cell in row.cells))
            reasons.setdefault(reason, []).append(row.title)
    return reasons


def card(row: Row, arms: Sequence[Arm]) -> Card:
    """A metric, drawn on one scale for values and one for differences."""
    by_arm = [arm.values(row.name) for arm in arms]
    held = [v for values in by_arm for v in values.values()]
    ends = [v for one in row.against for v in (one.difference.value, *(one.difference.interval or ())) if v is not None]
    shown = [
        ArmShown(
            arm.title,
            plain(value(cell)),
            cell,
            [place(v, held) for v in values.values()],
            None if cell.value is None else place(cell.value, held),
        )
        for arm, cell, values in zip(arms, row.cells, by_arm, strict=True)
    ]
    against = [AgainstShown(one, plain(spoken(one.difference)), places(one, [0.0, *ends])) for one in row.against]
    return Card(row, words.METRICS.get(row.name, words.Words("")), shown, against)


def place(v: float, held: Sequence[float]) -> float:
    """Where a value stands between the smallest and the largest, in percent; in the middle where all are equal.

    Example:
        >>> place(1.0, [1.0, 3.0]), place(2.0, [2.0])
        (4.0, 50.0)
    """
    low, high = min(held), max(held)
    share = (v - low) / (high - low) if high > low else 0.5
    return round(INSIDE[0] + (INSIDE[1] - INSIDE[0]) * share, 2)


def places(one: Against, held: Sequence[float]) -> Places:
    """Where a difference, the ends of its interval and zero stand; empty without a difference."""
    if one.difference.value is None:
        return {}
    found = {"value": one.difference.value, "zero": 0.0}
    found |= dict(zip(("low", "high"), one.difference.interval or (), strict=False))
    return {name: place(v, held) for name, v in found.items()}


def plain(text: str) -> str:
    """Text with true minus signs."""
    return text.replace("-", "\u2212")
