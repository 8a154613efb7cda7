"""The latent map: one dot per example at its code, coloured by class."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import style

MOST = 10_000


def project(codes: np.ndarray) -> tuple[np.ndarray, float]:
    """Codes (n, d) on their two directions of greatest variance (PCA), and the share of variance these keep.

    With d <= 2 the codes stay as they are and the share is 1.

    Example:
        >>> axes = np.diag([3.0, 2.0, 1.0])
        >>> flat, share = project(np.concatenate([axes, -axes]))
        >>> flat.shape, round(share, 2)
        ((6, 2), 0.93)
    """
    if codes.shape[1] <= 2:
        return codes, 1.0
    centred = codes - codes.mean(0)
    _, spread, directions = np.linalg.svd(centred, full_matrices=False)
    directions = directions * np.sign(directions[np.arange(len(directions)), np.abs(directions).argmax(1), None])
    total = float((spread**2).sum())
    return centred @ directions[:2].T, float((spread[:2] ** 2).sum()) / total if total else 1.0


def latent_map(codes: np.ndarray, labels: np.ndarray | None = None, names: tuple[str, ...] = ()) -> Figure:
    """Codes (n, 1) or (n, 2), at most the first 10,000; labels are classes (-1: none) or numbers (NaN: none).

    One axis is drawn as a row per class, or with the number as its height. Numbers go from blue to orange.
    """
    codes = codes[:MOST]
    labels = np.full(len(codes), -1) if labels is None else labels[:MOST]
    numbers = labels.dtype.kind == "f"
    figure, axes = style.canvas(360, 360 if codes.shape[1] > 1 else 200, (34, 22, 6, 6))
    flat = codes.shape[1] == 1
    points = np.c_[codes[:, 0], _heights(labels) if numbers else _rows(labels)] if flat else codes
    size = float(np.clip(1600 / max(len(points), 1) ** 0.65, 3.2, 18))
    shades = style.blend(_shares(labels)) if numbers else np.array([style.colour(int(n)) for n in labels])
    mixed = np.random.default_rng(0).permutation(len(points))  # no class is painted over another
    axes.scatter(*points[mixed].T, s=size, c=shades[mixed], alpha=0.8, linewidths=0, rasterized=True)
    axes.set(xlim=style.limits(points[:, 0]), ylim=style.limits(points[:, 1]))
    if not numbers:
        _name_classes(axes, points, labels, names)
    if flat and not numbers:
        axes.set_yticks([])
    return figure


def _shares(numbers: np.ndarray) -> np.ndarray:
    """Where numbers lie between the smallest (0) and the largest (1); NaN stays."""
    if np.isnan(numbers).all():
        return numbers
    low, high = np.nanmin(numbers), np.nanmax(numbers)
    return (numbers - low) / (high - low) if high > low else numbers - low


def _heights(numbers: np.ndarray) -> np.ndarray:
    """Numbers, where they are missing the smallest."""
    return np.zeros(len(numbers)) if np.isnan(numbers).all() else np.nan_to_num(numbers, nan=np.nanmin(numbers))


def _rows(labels: np.ndarray) -> np.ndarray:
    """A height per example: its class, with a little spread so that dots do not hide each other."""
    return labels + np.random.default_rng(0).uniform(-0.32, 0.32, len(labels))


def _name_classes(axes: Axes, points: np.ndarray, labels: np.ndarray, names: tuple[str, ...]) -> None:
    """The name of every class at the median of its dots, or above a tight group: colour alone would not do."""
    present = [n for n in np.unique(labels) if n >= 0]
    tall = np.ptp(axes.get_ylim())
    for n in present[:40]:
        group = points[labels == n]
        x, y = np.nanmedian(group, 0)
        y += 0.045 * tall if np.nanstd(group, 0).max() < 0.03 * tall else 0.0
        name = names[n] if n < len(names) else n
        box = {"boxstyle": "round,pad=0.22", "facecolor": style.PAPER, "edgecolor": "none", "alpha": 0.8}
        style.write(axes, float(x), float(y), name, size=10, ha="center", va="center", weight="bold", bbox=box)
