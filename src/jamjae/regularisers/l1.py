"""Codes near 0."""

from typing import Any

from torch import Tensor
from torch.distributions import Distribution

from .base import Regulariser


class L1(Regulariser):
    r"""weight * sum_j |z_j|: most axes of most codes are close to 0.

    Up to a constant, the negative logarithm of a Laplace density of width 1 / weight, in nats. A decoder whose weights
    may grow without limit can undo it, because small codes cost less: use an optimiser with weight decay.

    Reference:
        Tibshirani (1996), Regression shrinkage and selection via the lasso.
        https://doi.org/10.1111/j.2517-6161.1996.tb02080.x

    Arguments:
        weight: > 0, nats per unit of the code.

    Example:
        >>> import torch
        >>> L1(weight=0.5)(None, None, None, torch.tensor([[1.0, -3.0]]))
        tensor([2.])
    """

    def __init__(self, weight: float = 0.1) -> None:
        super().__init__()
        self.prepare(weight)

    def forward(self, model: Any, batch: Any, q: Distribution, z: Tensor) -> Tensor:
        return self.weight * z.flatten(1).abs().sum(1)
