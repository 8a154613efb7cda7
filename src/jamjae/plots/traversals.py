"""Traversals: one code axis moves, the others stay."""

import numpy as np
from matplotlib.figure import Figure

from .pictures import sheet


def traversals(decoded: np.ndarray, axes: tuple[int, ...], low: float = 0.0, high: float = 1.0) -> Figure:
    """Decoded examples (rows, T, *E), one row per axis in the order given; rows are named by their axis number."""
    return sheet(decoded, low, high, tuple(f"z{n}" for n in axes))
