"""Loss curves: every term of the loss by itself, training and validation, in nats per example, on a plain scale."""

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from . import style

Row = dict[str, Any]
SPLITS = (("train", style.MAIN, "-"), ("validation", style.OTHER, "--"))


def measured(rows: list[Row]) -> list[Row]:
    """The rows that hold measurements: a log has other events too."""
    return [row for row in rows if row.get("event", "row") == "row"]


def series(rows: list[Row], split: str, key: str) -> tuple[np.ndarray, np.ndarray]:
    """Epochs (or steps) and values of one quantity, in the order logged; what was not a finite number is a gap.

    Example:
        >>> rows = [{"epoch": 1.0, "train": {"loss": 3.0}}, {"epoch": 2.0, "train": {"loss": None}}]
        >>> x, y = series(rows, "train", "loss")
        >>> x.tolist(), y.tolist()
        ([1.0, 2.0], [3.0, nan])
    """
    found = [row for row in measured(rows) if key in (row.get(split) or {})]
    x = [float(row.get("epoch", row.get("step", n))) for n, row in enumerate(found)]
    y = [_number(row[split][key]) for row in found]
    return np.array(x), np.array(y)


def _number(value: Any) -> float:
    usable = isinstance(value, (int, float)) and math.isfinite(value)
    return float(value) if usable else math.nan


def panel(rows: list[Row], key: str, level: float | None = None) -> Figure:
    """One quantity over the epochs: training as a line, validation dashed, a level to compare with dotted."""
    figure, axes = style.canvas(250, 150, (42, 34, 6, 6))
    draw(axes, rows, key)
    if level is not None:
        dotted(axes, level, style.INK)
    return figure


def dotted(axes: Axes, level: float, colour: str) -> None:
    """A dotted line across, inside the limits."""
    low, high = axes.get_ylim()
    axes.axhline(level, color=colour, linestyle=":", linewidth=1.2)
    axes.set_ylim(*style.limits(np.array([low, high, level]), 0.0))


def curves(rows: list[Row], keys: tuple[str, ...]) -> Figure:
    """Several quantities side by side, each named above its panel."""
    figure = Figure(figsize=(240 * max(len(keys), 1) / 72, 190 / 72), layout="constrained", facecolor="none")
    for number, key in enumerate(keys):
        axes = style.quiet(figure.add_subplot(1, len(keys), number + 1))
        draw(axes, rows, key)
        style.write(axes, 0, 1.04, key, transform=axes.transAxes, weight="bold")
    return figure


def together(rows: list[Row], keys: dict[str, str], levels: dict[str, float]) -> Figure:
    """Several quantities of one player (key -> name) in one panel, each in its colour; validation dashed.

    `levels`, by key, are dotted lines to compare with.
    """
    figure, axes = style.canvas(300, 150, (42, 34, 84, 6))
    values, epochs = [], []
    for number, (key, name) in enumerate(keys.items()):
        for split, _, dashes in SPLITS:
            x, y = series(rows, split, key)
            marker = "o" if len(x) < 3 else None
            axes.plot(x, y, dashes, color=style.colour(number), linewidth=1.6, marker=marker, markersize=4)
            values.append(y)
            epochs.append(x)
        at = {"transform": axes.transAxes, "color": style.colour(number), "weight": "bold"}
        style.write(axes, 1.03, 0.97 - 0.13 * number, name, ha="left", va="top", **at)
    low, high, _ = window(np.concatenate(values), np.concatenate(epochs))
    axes.set_ylim(low, high)
    for number, key in enumerate(keys):
        if key in levels:
            dotted(axes, levels[key], style.colour(number))
    axes.set_xlabel("epoch", color=style.INK, fontsize=9)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    return figure


def draw(axes: Axes, rows: list[Row], key: str) -> None:
    """Both splits of one quantity on the axes; a single row is a dot."""
    values = []
    for split, colour, dashes in SPLITS:
        x, y = series(rows, split, key)
        axes.plot(x, y, dashes, color=colour, linewidth=1.6, marker="o" if len(x) < 3 else None, markersize=4)
        values.append((x, y))
    low, high, cut = window(np.concatenate([y for _, y in values]), np.concatenate([x for x, _ in values]))
    axes.set_ylim(low, high)
    axes.set_xlabel("epoch", color=style.INK, fontsize=9)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=max([1.0, *values[0][0], *values[1][0]]) > 2))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    if cut:
        first = next(float(v) for _, y in values for v in y if math.isfinite(v))
        style.write(axes, 0.97, 0.95, f"starts at {first:,.4g}", transform=axes.transAxes, size=8, ha="right", va="top")


def window(y: np.ndarray, x: np.ndarray) -> tuple[float, float, bool]:
    """Limits that show the course of training; a far higher start is cut off, and said so.

    Example:
        >>> window(np.array([900.0, *np.linspace(110, 100, 20)]), np.arange(21.0))[2]
        True
    """
    good = np.isfinite(y)
    if not good.any():
        return 0.0, 1.0, False
    later = y[good & (x > x.min() + 0.1 * np.ptp(x))]
    full, tight = style.limits(y), style.limits(later, 0.12)
    if later.size >= 12 and full[1] - full[0] > 3 * (tight[1] - tight[0]):
        return *tight, True
    return *full, False
