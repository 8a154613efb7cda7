"""Examples in rows and columns: images as images, vectors as small curves; originals above their reconstructions."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from . import style
from .mosaic import arranged, mosaic

LONGEST = 200  # values of a curve: more cannot be told apart, and make a large page


def is_image(examples: np.ndarray) -> bool:
    """Whether a sheet (R, K, *E) holds images (H, W, C); anything else is drawn as curves over its cells."""
    return examples.ndim == 5


def spectrograms(examples: np.ndarray) -> np.ndarray:
    """Spectrograms (*, frames, bands) as pictures (*, bands, frames, 1): time to the right, the lowest band below.

    Example:
        >>> spectrograms(np.array([[1.0, 2.0], [3.0, 4.0]]))[..., 0].tolist()
        [[2.0, 4.0], [1.0, 3.0]]
    """
    return np.flip(np.swapaxes(examples, -1, -2), -2)[..., None]


def sheet(examples: np.ndarray, low: float = 0.0, high: float = 1.0, rows: tuple[str, ...] = ()) -> Figure:
    """A sheet of examples (R, K, *E); `rows` are names beside the rows."""
    if is_image(examples):
        return _images(examples, low, high, rows)
    return _curves(_channels(examples), low, high, rows)


def grid(examples: np.ndarray, columns: int = 10, low: float = 0.0, high: float = 1.0) -> Figure:
    """Examples (n, *E) in rows of `columns`."""
    return sheet(arranged(examples, columns), low, high)


def paired(originals: np.ndarray, copies: np.ndarray, columns: int = 10) -> np.ndarray:
    """Originals (n, *E) and their copies as a sheet in which every row of originals has its copies below.

    Example:
        >>> paired(np.zeros((6, 4)), np.ones((6, 4)), columns=3).mean(axis=(1, 2)).tolist()
        [0.0, 1.0, 0.0, 1.0]
    """
    above, below = arranged(originals, columns), arranged(copies, columns)
    return np.stack([above, below], 1).reshape(-1, *above.shape[1:])


def pairs(originals: np.ndarray, copies: np.ndarray, columns: int = 10, low: float = 0.0, high: float = 1.0) -> Figure:
    """Originals and what the model makes of them: images below each row of originals, curves over their originals."""
    if originals.ndim == 4:
        return sheet(paired(originals, copies, columns), low, high)
    under, over = (_channels(arranged(x, columns)) for x in (originals, copies))
    return _curves(over, low, high, (), under)


def by_channel(examples: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Sequences (*, T, C) so that what lies between the 1st and the 99th percentile of `seen` is in [0, 1], by channel.

    Example:
        >>> by_channel(np.array([[1.0, 5.0]]), np.array([[0.0, 5.0], [2.0, 5.0]])).round(2).tolist()
        [[0.5, 0.5]]
    """
    flat = seen.reshape(-1, seen.shape[-1])
    low, high = np.nanpercentile(flat, [1, 99], axis=0)
    still = high <= low
    return (examples - np.where(still, low - 0.5, low)) / np.where(still, 1.0, high - low)


def _channels(examples: np.ndarray) -> np.ndarray:
    """Examples (R, K, *E) as lines (R, K, C, T): sequences one a channel, anything else one."""
    if examples.ndim == 4:
        return examples.swapaxes(2, 3)
    return examples.reshape(*examples.shape[:2], 1, -1)


def margins(rows: tuple[str, ...]) -> style.Margins:
    """None but for the names of the rows."""
    return (7.0 * max(map(len, rows)) + 4 if rows else 0.0, 0.0, 0.0, 0.0)


def _images(examples: np.ndarray, low: float, high: float, rows: tuple[str, ...]) -> Figure:
    picture = mosaic(examples, low, high)
    beside = margins(rows)
    figure, axes = style.canvas(360, max(24.0, (360 - beside[0]) * picture.shape[0] / picture.shape[1]), beside)
    style.bare(axes).imshow(picture, interpolation="nearest", aspect="equal")
    step = picture.shape[0] / len(examples)
    for number, name in enumerate(rows):
        style.write(axes, -2, step * (number + 0.5), name, ha="right", va="center")
    return figure


def _curves(
    examples: np.ndarray, low: float, high: float, rows: tuple[str, ...], under: np.ndarray | None = None
) -> Figure:
    """One unit square per example (R, K, C, T): cell number to the right, value upwards; missing cells break the curve.

    `under` are other examples, drawn in ink below them. Several channels have the colours of classes.
    """
    count, columns, channels, cells = examples.shape
    figure, axes = style.canvas(360, max(40.0, 360 * count / max(columns, 4)), margins(rows))
    floor = [[(k + 0.03, r + 0.02), (k + 0.89, r + 0.02)] for r in range(count) for k in range(columns)]
    axes.add_collection(LineCollection(floor, colors=style.INK, linewidths=0.5, alpha=0.5))
    colours = [style.MAIN] if channels == 1 else [style.colour(c) for c in range(channels)]
    for values, shades in ((under, [style.INK] * channels), (examples, colours)):
        for channel, colour in enumerate(shades if values is not None else ()):
            assert values is not None
            lines = _lines(thinned((values[:, :, channel] - low) / (high - low)))
            axes.add_collection(LineCollection(lines, colors=colour, linewidths=1.0))
            if cells == 1:
                axes.plot(*np.concatenate(lines).T, "o", color=colour, markersize=3)
    for number, name in enumerate(rows):
        style.write(axes, -0.08, count - 0.6 - number, name, ha="right", va="center")
    style.bare(axes).set(xlim=(0, columns), ylim=(0, count))
    return figure


def thinned(values: np.ndarray) -> np.ndarray:
    """Curves (*, T) of at most 200 values: of longer ones the smallest and the largest value of every stretch.

    Example:
        >>> thinned(np.arange(1000.0))[:4].tolist()
        [0.0, 9.0, 10.0, 19.0]
    """
    cells = values.shape[-1]
    if cells <= LONGEST:
        return values
    starts = np.linspace(0, cells, LONGEST // 2, endpoint=False).astype(int)
    ends = [f.reduceat(values, starts, -1) for f in (np.fmin, np.fmax)]
    return np.stack(ends, -1).reshape(*values.shape[:-1], -1)


def _lines(unit: np.ndarray) -> list[np.ndarray]:
    """Curves of examples (R, K, cells), values in [0, 1], each in the unit square of its row and column."""
    count, columns, cells = unit.shape
    x = np.linspace(0.06, 0.86, cells) if cells > 1 else np.array([0.46])
    y = 0.08 + 0.76 * unit.clip(-0.1, 1.1)
    return [np.c_[k + x, count - 1 - r + y[r, k]] for r in range(count) for k in range(columns)]
