"""Gradient penalty: the critic's slope is to be 1 between real and made examples."""

import torch
from torch import Tensor

from ..core.errors import require
from .base import Penalty, Score, slope


class GradientPenalty(Penalty):
    r"""weight * (|d score / dx| - 1)^2 at x = a real + (1 - a) made, a uniform on [0, 1] for every pair.

    Two-sided, as published: a slope below 1 costs as well. The penalty gives way a little: of two Gaussians that are m
    apart on a line, the best critic reports the distance m + m^2 / (2 weight).

    Reference:
        Gulrajani et al. (2017), Improved training of Wasserstein GANs. https://arxiv.org/abs/1704.00028

    Arguments:
        weight: lambda >= 0.

    Example:
        >>> GradientPenalty(weight=10.0)(lambda x: 3 * x[:, 0], torch.zeros(2, 2), torch.ones(2, 2))
        tensor([40., 40.])
    """

    def __init__(self, weight: float = 10.0) -> None:
        super().__init__()
        require(weight >= 0, "`weight` must be at least 0", weight, "Pass weight=10.0.")
        self.weight = weight

    def forward(self, score: Score, real: Tensor, fake: Tensor) -> Tensor:
        a = torch.rand(len(real), *(1 for _ in real.shape[1:]), dtype=real.dtype, device=real.device)
        squares = slope(score, torch.lerp(fake, real, a)).square().sum(1)
        return self.weight * ((squares + 1e-12).sqrt() - 1).square()  # a flat critic has a gradient, too
