"""Draws of several estimators of one number, a row each, on one scale."""

import numpy as np
from matplotlib.figure import Figure

from . import style


def rows(draws: np.ndarray, names: tuple[str, ...]) -> Figure:
    """Draws (rows, n) as dots, the mean of each row as an upright line with two standard errors to either side."""
    figure, axes = style.canvas(380, 44 * len(names) + 24, (8, 22, 8, 4))
    low, high = style.limits(draws)
    lift = np.random.default_rng(0).uniform(-0.16, 0.1, draws.shape[1])
    for number, (values, name) in enumerate(zip(draws, names, strict=True)):
        at, shade = len(names) - 1 - number, style.colour(number)
        axes.scatter(values, at + lift, s=7, c=shade, alpha=0.55, linewidths=0, rasterized=True)
        mean, error = values.mean(), values.std() / len(values) ** 0.5
        axes.plot([mean, mean], [at - 0.26, at + 0.2], color=style.INK, linewidth=1.6)
        axes.plot([mean - 2 * error, mean + 2 * error], [at - 0.26] * 2, color=style.INK, linewidth=1.6)
        style.write(axes, low, at + 0.36, name, ha="left", va="center", color=shade, weight="bold")
    axes.set(xlim=(low, high), ylim=(-0.4, len(names) - 0.45))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    return figure
