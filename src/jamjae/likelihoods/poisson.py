"""Poisson likelihood: counts of independent events. The variance of a count is its mean."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor
from torch.distributions import Distribution, constraints

from ..core.counts import deviance, factorial_rest, log_count
from ..core.event import Event
from ..core.product import Product
from .base import Likelihood, log_positive, observed, positive


class Counts(Distribution):
    r"""The Poisson distribution by its rate and the rate's logarithm, exact for counts of any size.

    Arguments:
        rate: lambda, any shape; may underflow to 0.
        log_rate: Its logarithm, finite.

    Example:
        >>> Counts(torch.tensor(2.0), torch.tensor(2.0).log()).log_prob(torch.tensor(0.0)).item()
        -2.0
    """

    support = constraints.nonnegative_integer
    arg_constraints: ClassVar[dict[str, constraints.Constraint]] = {}

    def __init__(self, rate: Tensor, log_rate: Tensor) -> None:
        self.rate, self.log_rate = rate, log_rate
        super().__init__(rate.shape, validate_args=False)

    def expand(self, batch_shape: Sequence[int], _instance: None = None) -> "Counts":
        shape = torch.Size(batch_shape)
        return Counts(self.rate.expand(shape), self.log_rate.expand(shape))

    @property
    def mean(self) -> Tensor:
        return self.rate

    @property
    def variance(self) -> Tensor:
        return self.rate

    def log_prob(self, x: Tensor) -> Tensor:
        x = x.to(self.rate.dtype)
        log_ratio = log_count(x) - self.log_rate
        return -deviance(x, self.rate, x - self.rate, log_ratio) - factorial_rest(x)

    @torch.no_grad()
    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return torch.poisson(self.rate.expand(self._extended_shape(torch.Size(sample_shape))))


class Poisson(Likelihood):
    r"""p(x | z) = prod_d lambda_d^x_d exp(-lambda_d) / x_d! with lambda = scale * softplus(h + ln(e - 1)), in nats.

    `scale` is the data's mean count per cell, so that h = 0 gives the mean. The factor is exponential for small rates
    and linear for large ones: it cannot overflow. Where counts vary more than this allows, use `negative-binomial`.

    Reference:
        Salakhutdinov and Hinton (2009), Semantic hashing. https://doi.org/10.1016/j.ijar.2008.11.006

    Arguments:
        event: What one example is.

    Example:
        >>> p = Poisson(Event((3,), low=0.0))(torch.zeros(5, 3, 1))
        >>> round(p.log_prob(torch.ones(5, 3))[0].item(), 4)  # rate 1: -3
        -3.0
    """

    support = constraints.nonnegative_integer
    points = constraints.nonnegative
    remedy = "It describes counts 0, 1, 2, ...: use --likelihood gaussian."
    loss = "Poisson loss"
    scale: Tensor

    def __init__(self, event: Event = Event((2,), low=0.0)) -> None:
        super().__init__()
        self.event = event
        self.register_buffer("scale", torch.ones(event.shape))

    @torch.no_grad()
    def initialise(self, x: Tensor) -> None:
        # Half a count is added, so that a cell that never counted is rare and not impossible.
        x = observed(x)
        self.scale.copy_((x.nansum(0) + 0.5) / ((~x.isnan()).sum(0) + 1))

    def forward(self, h: Tensor) -> Product:
        h = h.squeeze(-1)
        factor = positive(h)
        return self.cells_of(Counts(self.scale * factor, self.scale.log() + log_positive(h, factor)))

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(Event((3, 2, 1), "image", 0.0))
        yield cls(Event((1,), low=0.0, missing=True))
