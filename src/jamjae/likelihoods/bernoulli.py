"""Bernoulli likelihood: binary cells. Its negative logarithm is the binary cross-entropy."""

import torch
from torch import Tensor
from torch.distributions import Bernoulli as Base
from torch.distributions import constraints

from ..core.event import Event
from ._bernoulli_cells import BernoulliCells
from .base import Likelihood


class Bernoulli(Likelihood):
    r"""p(x | z) = prod_d pi_d^x_d (1 - pi_d)^(1 - x_d) with pi = sigmoid(h + offset), in nats.

    -log p is the binary cross-entropy, summed over the cells. Grey values in [0, 1] train (many do so), but then
    nothing is a
    likelihood: evaluation says "undefined". Binarise, or use `continuous-bernoulli`.

    Reference:
        Kingma and Welling (2014), Auto-encoding variational Bayes, appendix C.1. https://arxiv.org/abs/1312.6114

    Arguments:
        event: What one example is.

    Example:
        >>> p = Bernoulli(Event((3,), levels=2))(torch.zeros(5, 3, 1))
        >>> round(p.log_prob(torch.ones(5, 3))[0].item(), 4)  # 3 ln 1/2
        -2.0794
    """

    support = constraints.boolean
    accepts = constraints.unit_interval
    loss = "binary cross-entropy"
    offset: Tensor

    def __init__(self, event: Event = Event((2,), levels=2)) -> None:
        super().__init__()
        self.event = event
        self.register_buffer("offset", torch.zeros(event.shape))

    def initialise(self, x: Tensor) -> None:
        self.offset.copy_(self.position(x).clamp(1e-3, 1 - 1e-3).logit())

    def forward(self, h: Tensor) -> BernoulliCells:
        base = Base(logits=h.squeeze(-1) + self.offset, validate_args=False)
        return BernoulliCells(base, len(self.event.shape), self.fill if self.event.missing else None)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(Event((3, 2, 1), "image", 0.0, 1.0, levels=2))
        yield cls(Event((1,), missing=True, levels=2))
