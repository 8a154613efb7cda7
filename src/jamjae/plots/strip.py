"""Interpolation: what lies between the codes of two examples."""

import numpy as np
from matplotlib.figure import Figure

from .pictures import sheet


def framed(between: np.ndarray, first: np.ndarray | None = None, last: np.ndarray | None = None) -> np.ndarray:
    """Original A, the decoded steps (n, T, *E), original B, as one sheet (n, T + 2, *E); without originals the steps.

    Example:
        >>> framed(np.zeros((3, 7, 4)), np.zeros((3, 4)), np.zeros((3, 4))).shape
        (3, 9, 4)
    """
    if first is None or last is None:
        return between
    return np.concatenate([first[:, None], between, last[:, None]], 1)


def strips(first: np.ndarray, between: np.ndarray, last: np.ndarray, low: float = 0.0, high: float = 1.0) -> Figure:
    """One row per pair: the original A, the decoded way from its code to B's, the original B."""
    return sheet(framed(between, first, last), low, high)
