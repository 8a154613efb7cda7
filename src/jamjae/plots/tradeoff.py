"""Curves over the values of an option: rate against distortion, and any number against the option."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from . import style

Interval = tuple[float, float] | None


def rate_distortion(
    rates: Sequence[float],
    distortions: Sequence[float],
    names: Sequence[str],
    rate_intervals: Sequence[Interval],
    distortion_intervals: Sequence[Interval],
) -> Figure:
    """One point a value: rate to the right, distortion upwards, with their intervals and the value beside.

    The dotted line holds all pairs whose sum is that of the best point: the same bound on log p(x).
    """
    figure, axes = style.canvas(420, 300, (52, 40, 14, 10))
    axes.plot(rates, distortions, color=style.MAIN, linewidth=1.2, alpha=0.6)  # in the order of the values
    axes.errorbar(
        rates,
        distortions,
        xerr=lengths(rates, rate_intervals),
        yerr=lengths(distortions, distortion_intervals),
        fmt="o",
        color=style.MAIN,
        markersize=4.5,
        elinewidth=1.2,
    )
    limits = axes.get_xlim(), axes.get_ylim()
    best = min(r + d for r, d in zip(rates, distortions, strict=True))
    axes.plot(limits[0], [best - x for x in limits[0]], ":", color=style.INK, linewidth=1.2)
    axes.set(xlim=limits[0], ylim=limits[1])
    for x, y, name in zip(rates, distortions, names, strict=True):
        axes.annotate(name, (x, y), (5, 5), textcoords="offset points", fontsize=9, color=style.INK)
    axes.set_xlabel("rate (nats)", color=style.INK, fontsize=9)
    axes.set_ylabel("distortion (nats)", color=style.INK, fontsize=9)
    return figure


def lengths(values: Sequence[float], intervals: Sequence[Interval]) -> np.ndarray:
    """How far intervals reach below and above their values, (2, n); 0 where there is none.

    Example:
        >>> lengths([2.0, 1.0], [(1.0, 5.0), None]).tolist()
        [[1.0, 0.0], [3.0, 0.0]]
    """
    ends = [(v, v) if i is None else i for v, i in zip(values, intervals, strict=True)]
    return np.array([[max(0.0, v - low), max(0.0, high - v)] for v, (low, high) in zip(values, ends, strict=True)]).T


def over_values(
    values: Sequence[float], found: Sequence[float], intervals: Sequence[Interval], option: str, logarithmic: bool
) -> Figure:
    """A number against the values of an option, with its intervals."""
    figure, axes = style.canvas(250, 160, (46, 36, 8, 6))
    axes.errorbar(
        values, found, yerr=lengths(found, intervals), fmt="o-", color=style.MAIN, markersize=4, linewidth=1.4
    )
    if logarithmic:
        axes.set_xscale("log")
    axes.set_xlabel(option, color=style.INK, fontsize=9)
    return figure


def clouds(codes: Sequence[np.ndarray], labels: Sequence[np.ndarray | None], names: Sequence[str]) -> Figure:
    """Codes (n, 2) of several models side by side on one scale, coloured by class; the ring holds 95 % of N(0, I)."""
    width, height, gap = 200, 200, 14
    figure = Figure(figsize=(len(codes) * (width + gap) / 72, (height + 20) / 72), facecolor="none")
    reach = max(3.2, *(float(np.abs(z).max()) for z in codes)) * 1.05
    angle = np.linspace(0, 2 * np.pi, 100)
    radius = np.sqrt(-2 * np.log(0.05))
    for number, (z, y, name) in enumerate(zip(codes, labels, names, strict=True)):
        left, tall = number * (width + gap) / (len(codes) * (width + gap)), height + 20
        axes = style.bare(figure.add_axes((left, 0, width / (len(codes) * (width + gap)), height / tall)))
        numbers = y is None or y.dtype.kind == "f"
        shades = [style.MAIN] * len(z) if y is None or numbers else [style.colour(int(n)) for n in y]
        axes.scatter(z[:, 0], z[:, 1], s=5, c=shades, alpha=0.8, linewidths=0, rasterized=True)
        axes.plot(radius * np.cos(angle), radius * np.sin(angle), "--", color=style.INK, linewidth=1)
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
        style.write(axes, 0.5, 1.02, name, ha="center", weight="bold", transform=axes.transAxes)
    return figure
