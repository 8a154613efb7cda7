"""Cyclical annealing."""

import torch
from torch import Tensor

from ..core.errors import require
from .base import Schedule


class Cyclical(Schedule):
    r"""Rises from 0 to 1 over the first `rise` share of every `period`, stays at 1 for the rest, and starts again.

    After `cycles` periods it stays at 1, so that a run ends on the objective that it reports.

    Reference:
        Fu et al. (2019), Cyclical annealing schedule. https://arxiv.org/abs/1903.10145

    Arguments:
        period: Steps (batches) of one cycle, at least 1.
        cycles: Number of cycles, at least 1.
        rise: Share of a cycle that rises, in (0, 1].

    Example:
        >>> [Cyclical(10, 2)(torch.tensor(t)).item() for t in (0, 2, 7, 12, 25)]
        [0.0, 0.4000000059604645, 1.0, 0.4000000059604645, 1.0]
    """

    def __init__(self, period: int = 1000, cycles: int = 4, rise: float = 0.5) -> None:
        super().__init__()
        require(period >= 1, "`period` must be at least 1", period)
        require(cycles >= 1, "`cycles` must be at least 1", cycles)
        require(0 < rise <= 1, "`rise` must be in (0, 1]", rise)
        self.period, self.cycles, self.rise = period, cycles, rise

    def forward(self, step: Tensor) -> Tensor:
        along = (step % self.period) / (self.period * self.rise)
        return torch.where(step >= self.period * self.cycles, 1.0, along.clamp(max=1.0))

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(1, 1, 1.0)
