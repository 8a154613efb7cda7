"""Axes that are seldom active."""

import math
from typing import Any

from torch import Tensor
from torch.distributions import Distribution
from torch.nn.functional import logsigmoid

from ..core.errors import require
from .base import Regulariser


class Sparse(Regulariser):
    r"""weight * sum_j KL(rho || rho_j), where rho_j is the mean activation of axis j over the batch.

        rho_j = mean_b sigmoid(z_bj),   KL(rho || r) = rho ln(rho / r) + (1 - rho) ln((1 - rho) / (1 - r))

    Every example is charged the same. An axis is to be active (z_j > 0) for a share of about rho of the examples.

    Reference:
        Lee, Ekanadham and Ng (2008), Sparse deep belief net model for visual area V2.
        https://papers.nips.cc/paper/3313

    Arguments:
        rho: Mean activation to aim at, in (0, 1).
        weight: > 0.

    Example:
        >>> import torch
        >>> Sparse(rho=0.5)(None, None, None, torch.zeros(2, 3))  # sigmoid(0) is 1/2
        tensor([0., 0.])
    """

    separable = False

    def __init__(self, rho: float = 0.05, weight: float = 1.0) -> None:
        super().__init__()
        require(0 < rho < 1, "`rho` must be in (0, 1)", rho, "Pass rho=0.05.")
        self.prepare(weight)
        self.rho = rho

    def forward(self, model: Any, batch: Any, q: Distribution, z: Tensor) -> Tensor:
        flat, rho = z.flatten(1), self.rho
        # ln rho_j and ln(1 - rho_j), finite however far the codes lie out
        on, off = (logsigmoid(a).logsumexp(0) - math.log(len(flat)) for a in (flat, -flat))
        cost = rho * (math.log(rho) - on) + (1 - rho) * (math.log1p(-rho) - off)
        return self.weight * cost.sum().expand(len(flat))
