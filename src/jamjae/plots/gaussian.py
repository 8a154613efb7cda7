"""Numbers of a code, axis by axis: a mean with its deviation, or a bar."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import style

WIDTH, HEIGHT = 230, 130


def _axes(values: np.ndarray, names: tuple[str, ...]) -> tuple[Figure, Axes, np.ndarray]:
    figure, axes = style.canvas(WIDTH, HEIGHT, (34, 20, 4, 4))
    at = np.arange(len(names))
    low, high = style.limits(np.append(values, 0.0), 0.1)
    axes.set(xlim=(-0.7, max(len(names), 4) - 0.3), ylim=(low, high))
    axes.set_xticks(at, names, fontsize=min(9, 75 / max(len(names), 1)))
    axes.grid(visible=False, axis="x")
    axes.axhline(0, color=style.INK, linewidth=0.6, alpha=0.6)
    return figure, axes, at


def spread(mu: np.ndarray, sigma: np.ndarray, names: tuple[str, ...]) -> Figure:
    """A dot at the mean and a bar of two deviations to either side, for every axis (axes,)."""
    figure, axes, at = _axes(np.concatenate([mu - 2 * sigma, mu + 2 * sigma]), names)
    axes.vlines(at, mu - 2 * sigma, mu + 2 * sigma, color=style.MAIN, linewidth=5, alpha=0.4)
    axes.plot(at, mu, "o", color=style.MAIN, markersize=4.5)
    return figure


def bars(values: np.ndarray, names: tuple[str, ...], colour: str = style.MAIN) -> Figure:
    """A bar for every axis (axes,)."""
    figure, axes, at = _axes(values, names)
    axes.bar(at, values, width=0.6, color=colour)
    return figure
