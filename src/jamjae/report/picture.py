"""A drawn picture of a run, and what drawing needs to know of its examples."""

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from ..plots import pictures
from .embed import png, svg
from .facts import Facts
from .written import written


@dataclass(frozen=True)
class Picture:
    """A drawn picture of one run: where it belongs, the drawing, the caption."""

    key: str
    drawing: Markup
    caption: str


def is_points(facts: Facts) -> bool:
    """Whether an example is a point of the plane, so that a scatter is the natural picture."""
    return facts.event.get("shape") == [2] and not facts.event.get("levels")


def scale(facts: Facts) -> tuple[float, float]:
    """The values drawn as black and white (or as floor and ceiling of a curve)."""
    event = facts.event
    if event["levels"]:
        return 0.0, float(event["levels"] - 1)
    low, high = float(event["low"]), float(event["high"])
    if not (np.isfinite(low) and np.isfinite(high)):
        seen = facts.arrays["data"]
        low, high = np.nanpercentile(seen, [1, 99]) if np.isfinite(seen).any() else (0.0, 1.0)
    return (float(low), float(high)) if high > low else (float(low) - 0.5, float(low) + 0.5)


def timed(facts: Facts) -> bool:
    """Whether examples are sequences (places, channels), drawn as a line for each channel."""
    return facts.arrays["data"].ndim == 3


def drawn(facts: Facts, examples: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Examples and their scale; each channel of sequences in its own scale."""
    if timed(facts):
        return pictures.by_channel(examples, facts.arrays["data"]), 0.0, 1.0
    return (examples, *scale(facts))


def sheet(facts: Facts, examples: np.ndarray, key: str, label: str, rows: tuple[str, ...] = ()) -> Markup:
    """Rows and columns of examples: images as PNG, what is read as lines, everything else as curves in SVG."""
    if facts.written is not None:
        return written(facts.written, examples, label, rows)
    examples, low, high = drawn(facts, examples)
    if pictures.is_image(examples):
        return png(examples, low, high, label, rows)
    return svg(pictures.sheet(examples, low, high, rows), key, label, rows)
