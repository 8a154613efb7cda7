"""Encoder outputs near the entries of the book that stand for them."""

from typing import Any

from torch import Tensor
from torch.distributions import Distribution

from ..core.errors import require
from ..core.quantised import Quantised, numbered
from .base import Regulariser


class Commitment(Regulariser):
    r"""weight * |h - e|^2, summed over a code: encoder outputs stay near their entries, which do not feel it.

    A sum for every example, as the distortion is, so that no weight depends on the size of a batch.

    Reference:
        Van den Oord, Vinyals and Kavukcuoglu (2017), Neural discrete representation learning.
        https://arxiv.org/abs/1711.00937

    Arguments:
        weight: > 0.

    Example:
        >>> import torch
        >>> q = Quantised(torch.tensor([[[0.8, 0.0]]]), torch.eye(2), 2)
        >>> round(Commitment(weight=0.25)(None, None, q, q.mean).item(), 4)  # 0.25 * 0.2^2
        0.01
    """

    def __init__(self, weight: float = 0.25) -> None:
        super().__init__()
        self.prepare(weight)

    def check(self, model: Any) -> None:
        rule = "the regulariser commitment needs the posterior vq"
        numbers = model.posterior.support is numbered
        require(numbers, rule, model.posterior.name(), "Pass --posterior vq, or another regulariser.")

    def forward(self, model: Any, batch: Any, q: Distribution, z: Tensor) -> Tensor:
        assert isinstance(q, Quantised)
        return self.weight * q.gap
