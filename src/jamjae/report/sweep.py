"""The page of a sweep: the curve of rate and distortion, every run's pictures in one sheet, each term on its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from ..comparison import Point, Sweep
from ..comparison.grid import logarithmic
from ..comparison.swept import ONE_RUN, short
from ..core.files import write_bytes
from ..evaluation.base import METRICS
from ..plots import points, scatter, tradeoff
from . import words
from .command import command
from .embed import svg, titled
from .facts import Facts
from .html import rendered
from .picture import is_points, sheet
from .translation import check


@dataclass(frozen=True)
class Seen:
    """What the pictures show of a run: examples, their reconstructions, samples, and codes with their labels."""

    x: np.ndarray
    restored: np.ndarray | None
    samples: np.ndarray
    spec: dict[str, Any]
    codes: np.ndarray | None = None
    labels: np.ndarray | None = None

    @property
    def facts(self) -> Facts:
        """What the drawing of examples asks for."""
        about = self.spec["data"]
        return Facts("", self.spec["recipe"], self.spec, arrays={"data": self.x}, data={"event": about["event"]})


@dataclass(frozen=True)
class Panel:
    """A curve: title, unit, drawing, what the number means."""

    title: str
    unit: str
    drawing: Markup
    means: str


def write_sweep(found: Sweep, seen: Mapping[str, Seen], path: Path, language: str = "en") -> Path:
    """Write the page and return its path; `seen` by value (as text) and by name of the ablation.

    Raises:
        UsageError: If the language is unknown.
    """
    page = sweep_page(found, seen, check(language))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, page.encode())
    return path


def sweep_page(found: Sweep, seen: Mapping[str, Seen], language: str = "en") -> str:
    """The page as text, in English ("en") or Korean ("ko")."""
    labels = [f"{p.value:g}" for p in found.points]
    commands = [(label, command(one.spec)) for label, one in seen.items()]
    return rendered(
        "sweep.html.jinja",
        language,
        title=f"{found.recipe} on {found.data} over {found.option}",
        sweep=found,
        short=short,
        runs=[],
        tradeoff=traded(found),
        panels=[panel(found, name) for name in found.metrics],
        pictures=pictured({f"{found.option} {label}": seen[label] for label in labels}, "points"),
        ablation=pictured({Markup(name): seen[name] for name in found.ablation}, "ablation")
        if found.ablation
        else None,
        clouds=clouds(found, seen) if found.ablation else None,
        one_run=ONE_RUN,
        commands=[(label, text) for label, text in commands if text],
    )


def traded(found: Sweep) -> Markup | None:
    """The curve of rate and distortion; None where fewer than two points have both."""
    both = [p for p in found.points if all(value(p, name) is not None for name in ("rate", "distortion"))]
    if len(both) < 2:
        return None
    rates, distortions = ([p.measured[name] for p in both] for name in ("rate", "distortion"))
    figure = tradeoff.rate_distortion(
        [m.value for m in rates if m.value is not None],
        [m.value for m in distortions if m.value is not None],
        [f"{p.value:g}" for p in both],
        [m.interval for m in rates],
        [m.interval for m in distortions],
    )
    return svg(figure, "tradeoff", f"Rate and distortion over {found.option}")


def value(point: Point, name: str) -> float | None:
    """A metric of a point; None where it is undefined or was not measured."""
    return point.measured[name].value if name in point.measured else None


def panel(found: Sweep, name: str) -> Panel:
    """A metric over the values of the option."""
    known = [(p.value, v, p.measured[name].interval) for p in found.points if (v := value(p, name)) is not None]
    values, heights, intervals = ([k[n] for k in known] for n in range(3))
    drawing = tradeoff.over_values(values, heights, intervals, found.option, logarithmic(values) if values else False)
    means = words.METRICS.get(name, words.Words("")).means
    return Panel(
        METRICS[name].title,
        METRICS[name].unit,
        svg(drawing, f"over-{name}", f"{name} over values", [found.option]),
        means,
    )


def pictured(seen: Mapping[str, Seen], key: str) -> Markup:
    """Reconstructions at the left and samples at the right, a row a run; the examples themselves in the first row."""
    first = next(iter(seen.values()))
    if is_points(first.facts):
        figures = [
            svg(points.cloud(one.x, one.samples), f"{key}-{n}", name) for n, (name, one) in enumerate(seen.items())
        ]
        return Markup("").join(
            Markup("{}{}").format(titled("p", name, "of"), figure) for name, figure in zip(seen, figures, strict=True)
        )
    rows = [row(one) for one in seen.values()]
    names = tuple(seen)
    if first.restored is not None:
        rows, names = [beside(first.x, np.full_like(first.samples, np.nan, float)), *rows], (Markup("examples"), *names)
    return sheet(first.facts, np.stack(rows), key, "Reconstructions and samples", names)


def row(one: Seen) -> np.ndarray:
    """The pictures of one run."""
    return one.samples if one.restored is None else beside(one.restored, one.samples)


def beside(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Two lists of examples in one row with an empty place between."""
    return np.concatenate([left, np.full_like(left[:1], np.nan, float), right])


def clouds(found: Sweep, seen: Mapping[str, Seen]) -> Markup:
    """Codes of test examples under each part of the loss, on the two axes that vary most."""
    drawn: list[np.ndarray] = [plane(seen[name].codes) for name in found.ablation]
    labels: Sequence[np.ndarray | None] = [seen[name].labels for name in found.ablation]
    figure = tradeoff.clouds(drawn, labels, list(found.ablation))
    return svg(figure, "clouds", "Codes under each part of the loss")


def plane(codes: np.ndarray | None) -> np.ndarray:
    """Codes (n, d) in the plane."""
    assert codes is not None
    flat = scatter.project(codes)[0]
    return flat if flat.shape[1] == 2 else np.c_[flat, np.zeros(len(flat))]
