"""Kernels k(a, b): how alike two codes are, from 1 for equal ones to 0 for distant ones.

Widths are counted in the squared distance that two draws from N(0, I) have on average, 2 d for d axes, so that a width
of 1 suits every number of axes.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from ..core.component import Component
from ..core.errors import require


class Kernel(Component, ABC):
    r"""Base of the kernels: an average over several widths of a function of the distance.

        k(a, b) = (1/S) sum_s profile(|a - b|^2 / (2 d scale_s))

    A profile is completely monotone (a mixture of exp(-c u), c > 0), which makes the kernel positive definite and the
    distance between distributions that it defines 0 only between equal ones.
    """

    scales: tuple[float, ...]

    def prepare(self, scales: tuple[float, ...]) -> None:
        """Check and store the argument that all kernels have; every constructor calls it."""
        require(len(scales) > 0, "`scales` must not be empty", scales, "Pass scales=1.")
        require(all(s > 0 for s in scales), "`scales` must be positive", scales, "Pass scales=1.")
        self.scales = scales

    @abstractmethod
    def profile(self, u: Tensor) -> Tensor:
        """The kernel as a function of the squared distance in widths: 1 at 0, falling towards 0."""

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """k(a_i, b_j), (N, M), for a (N, *L) and b (M, *L)."""
        a, b = a.flatten(1), b.flatten(1)
        # Differences and not |a|^2 + |b|^2 - 2 ab: far codes that are close to each other would cancel.
        u = (a[:, None] - b).square().mean(-1) / 2
        return torch.stack([self.profile(u / scale) for scale in self.scales]).mean(0)
