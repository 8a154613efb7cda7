"""KL per latent axis: how much each axis of the code says about the example, in nats."""

import numpy as np
from matplotlib.figure import Figure

from . import style

DEAD = 0.01  # nats; below it an axis says nothing
NAMED = 24  # more bars than that carry no axis numbers


def order(kl: np.ndarray) -> np.ndarray:
    """Axis numbers from the most to the least informative; not-a-number comes last.

    Example:
        >>> order(np.array([0.1, 3.0, float("nan"), 1.0])).tolist()
        [1, 3, 0, 2]
    """
    return np.argsort(-np.where(np.isfinite(kl), kl, -np.inf), kind="stable")


def per_axis(kl: np.ndarray, dead: np.ndarray | None = None) -> Figure:
    """Bars (axes,), sorted; dead axes (left out: those below 0.01 nats) are drawn hollow and counted."""
    figure, axes = style.canvas(360, 150, (48, 34 if len(kl) > NAMED else 22, 4, 4))
    sequence = order(kl)
    height = np.nan_to_num(kl[sequence], nan=0.0, posinf=0.0)
    alive = height >= DEAD if dead is None else ~dead[sequence]
    at = np.arange(len(kl))
    axes.bar(at[alive], height[alive], width=0.78, color=style.MAIN)
    tallest = max(float(height.max(initial=0.0)), DEAD)
    axes.bar(at[~alive], 0.025 * tallest, width=0.78, facecolor="none", edgecolor=style.INK, linewidth=0.8)
    axes.set(xlim=(-0.7, max(len(kl), 8) - 0.3), ylim=(0, 1.1 * tallest))
    axes.set_ylabel("nats", color=style.INK, fontsize=9)
    axes.grid(visible=False, axis="x")
    if len(kl) <= NAMED:
        axes.set_xticks(at, [f"z{n}" for n in sequence], fontsize=min(9, 190 / max(len(kl), 1)))
    else:
        axes.set_xlabel("latent axes, most informative first", color=style.INK, fontsize=9)
    if not alive.all():
        at_dead = float(at[~alive].mean())
        style.write(axes, at_dead, 0.09 * tallest, f"{(~alive).sum()} dead", ha="center", va="bottom")
    return figure
