"""A sweep: one run a value of an option, and what was measured on each."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..evaluation.base import METRICS, Measurement
from .text import columns, filled

ONE_RUN = (
    "After ±: how far the 95 % interval over test examples reaches. One training run a value: another may differ more."
)


@dataclass(frozen=True)
class Point:
    """A value of the option, the name of its run, and what was measured on it."""

    value: float
    run: str
    measured: Mapping[str, Measurement]


@dataclass(frozen=True)
class Sweep:
    """What was found about several values of an option; `print` shows it as a table.

    Arguments:
        option: Its name, e.g. "objective.beta".
        recipe: What was fitted.
        data: Name of the data.
        points: One a value, in the order of the values.
        ablation: What one term of the loss does alone, by its name; empty unless beta of an ELBO was swept.
        report: Path of the page; None if none was asked for.
    """

    option: str
    recipe: str
    data: str
    points: tuple[Point, ...]
    ablation: Mapping[str, Point]
    report: Path | None = None

    @property
    def metrics(self) -> list[str]:
        """Metrics that have a value somewhere."""
        found = (name for p in self.points for name, m in p.measured.items() if m.value is not None)
        return sorted(set(found), key=list(METRICS).index)

    @property
    def undefined(self) -> dict[str, list[str]]:
        """The names of metrics without any value, by reason."""
        reasons: dict[str, list[str]] = {}
        for name, m in self.points[0].measured.items():
            if name not in self.metrics:
                reasons.setdefault(m.reason, []).append(name)
        return reasons

    def to_json(self) -> dict[str, Any]:
        """Everything as plain JSON."""
        ablation = {name: as_json(point) for name, point in self.ablation.items()}
        about = {"option": self.option, "recipe": self.recipe, "data": self.data}
        page = None if self.report is None else str(self.report)
        return {**about, "points": [as_json(p) for p in self.points], "ablation": ablation, "report": page}

    def __str__(self) -> str:
        lines = [(self.option, *self.metrics), *(self._line(f"{p.value:g}", p) for p in self.points)]
        lines += [self._line(name, point) for name, point in self.ablation.items()]
        widest = (20, *(78 // max(1, len(self.metrics)) for _ in self.metrics))
        why = [filled(f"undefined: {', '.join(names)}: {reason}") for reason, names in self.undefined.items()]
        return "\n".join([*columns(lines, widest), "", *why, filled(ONE_RUN)])

    def _line(self, name: str, point: Point) -> tuple[str, ...]:
        return (name, *(short(point.measured[metric]) for metric in self.metrics))


def as_json(point: Point) -> dict[str, Any]:
    return {"value": point.value, "run": point.run, "metrics": {k: m.to_json() for k, m in point.measured.items()}}


def short(m: Measurement) -> str:
    """A value and how far its interval reaches on the longer side.

    Example:
        >>> short(Measurement("rate", 21.512, (21.2, 21.8)))
        '21.51 ± 0.31'
    """
    if m.value is None:
        return "undefined"
    reach = max(m.value - m.interval[0], m.interval[1] - m.value) if m.interval else None
    return f"{m.value:.4g}" + (f" ± {reach:.2g}" if reach is not None else "")
