"""Pictures of 2-D data: the data as faint dots, and over them what the model makes."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from . import style

MOST = 5_000


def _over(data: np.ndarray, *others: np.ndarray) -> tuple[Figure, Axes]:
    """The data in ink, both axes at the same scale, limits around everything."""
    figure, axes = style.canvas(360, 350, (34, 22, 4, 4))
    data = data[:MOST]
    axes.scatter(*data.T, s=5, c=style.INK, alpha=0.35, linewidths=0, rasterized=True)
    everything = np.concatenate([data, *(o.reshape(-1, 2) for o in others)])
    (left, right), (bottom, top) = (style.limits(everything[:, n]) for n in (0, 1))
    half = max(right - left, top - bottom) / 2
    middle_x, middle_y = (left + right) / 2, (bottom + top) / 2
    axes.set(xlim=(middle_x - half, middle_x + half), ylim=(middle_y - half, middle_y + half), aspect="equal")
    return figure, axes


def cloud(data: np.ndarray, samples: np.ndarray) -> Figure:
    """Samples (m, 2) over the data (n, 2)."""
    figure, axes = _over(data, samples)
    axes.scatter(*samples[:MOST].T, s=5, c=style.OTHER, alpha=0.6, linewidths=0, rasterized=True)
    return figure


def moves(originals: np.ndarray, copies: np.ndarray) -> Figure:
    """A line from every original (n, 2) to its reconstruction, which is the dot at its end."""
    figure, axes = _over(originals, copies)
    lines = np.stack([originals[:400], copies[:400]], 1)
    axes.add_collection(LineCollection(list(lines), colors=style.MAIN, linewidths=0.7, alpha=0.7))
    axes.scatter(*copies[:400].T, s=6, c=style.MAIN, linewidths=0, zorder=3)
    return figure


def mesh(data: np.ndarray, decoded: np.ndarray) -> Figure:
    """A square net of codes, decoded: (K, K, 2). Where the net folds or tears, the model bends the plane."""
    figure, axes = _over(data, decoded)
    lines = [*decoded, *decoded.transpose(1, 0, 2)]
    axes.add_collection(LineCollection(lines, colors=style.MAIN, linewidths=0.6, alpha=0.8))
    return figure


def paths(data: np.ndarray, decoded: np.ndarray, names: tuple[str, ...] = ()) -> Figure:
    """Decoded ways through the latent space, (paths, T, 2), each from its open to its filled dot."""
    figure, axes = _over(data, decoded)
    for number, way in enumerate(decoded):
        shade = style.colour(number)
        axes.plot(*way.T, color=shade, linewidth=1.5)
        axes.plot(*way[0], "o", markerfacecolor=style.PAPER, markeredgecolor=shade, markersize=4.5)
        axes.plot(*way[-1], "o", color=shade, markersize=4.5)
        if names:
            style.write(axes, *way[-1], f" {names[number]}", ha="left", va="center", color=shade)
    return figure
