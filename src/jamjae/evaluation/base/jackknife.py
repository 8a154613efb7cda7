"""Intervals of statistics that are no means: what a value becomes without each of 20 blocks of examples."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

BLOCKS = 20


def jackknife(values: Tensor, low: float = 0.0, high: float = 1.0) -> tuple[float, float]:
    """95 % interval in [low, high] of a statistic from its values without each of b blocks, then of all, (b + 1,).

    Reference:
        Efron and Stein (1981), The jackknife estimate of variance. https://doi.org/10.1214/aos/1176345462
    """
    without, b = values[:-1], len(values) - 1
    half = 1.96 * math.sqrt((b - 1) / b * (without - without.mean()).square().sum().item())
    return max(low, values[-1].item() - half), min(high, values[-1].item() + half)


def left_out(statistic: Callable[[Tensor], Tensor], n: int) -> Tensor:
    """`statistic(rows)` without each of 20 blocks of n row numbers, then of all: what `jackknife` takes."""
    parts = torch.tensor_split(torch.arange(n), BLOCKS)
    kept = [torch.cat([*parts[:b], *parts[b + 1 :]]) for b in range(BLOCKS)]
    return torch.stack([statistic(rows) for rows in [*kept, torch.arange(n)]])
