"""Continuous Bernoulli likelihood: grey values on [0, 1] with a proper density."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor
from torch.distributions import Distribution, constraints

from ..core.event import Event
from ..core.product import Product
from .base import Likelihood

SMALL = 0.1  # below it the series is exact to 1e-15 and the closed formulas have begun to cancel
TINY = 1e-4  # the cdf and its inverse do not cancel until here


class Tilted(Distribution):
    r"""The density eta exp(eta x) / (exp(eta) - 1) on [0, 1]: the continuous Bernoulli by its natural parameter.

    torch's own `ContinuousBernoulli` works with probabilities: it clamps them (the normaliser is wrong beyond |eta| =
    16 in float32) and loses half of its digits around 1/2. In eta every formula is a stable one or its series around 0.

    Arguments:
        eta: The logit, any shape.

    Example:
        >>> Tilted(torch.zeros(())).log_prob(torch.tensor(0.3)).item()  # uniform
        -0.0
    """

    has_rsample = True
    support = constraints.unit_interval
    arg_constraints: ClassVar[dict[str, constraints.Constraint]] = {}

    def __init__(self, eta: Tensor) -> None:
        self.eta = eta
        self.small = eta.abs() < SMALL
        self.safe = torch.where(self.small, 1.0, eta)  # keeps NaN out of the gradient of the branch not taken
        super().__init__(eta.shape, validate_args=False)

    def expand(self, batch_shape: Sequence[int], _instance: None = None) -> "Tilted":
        return Tilted(self.eta.expand(torch.Size(batch_shape)))

    @property
    def mean(self) -> Tensor:
        large = 1 / -torch.expm1(-self.safe.abs()) - 1 / self.safe.abs()
        square = self.eta.square()
        series = 0.5 + self.eta / 12 * (1 - square / 60 * (1 - square / 42))
        return torch.where(self.small, series, torch.where(self.eta > 0, large, 1 - large))

    @property
    def variance(self) -> Tensor:
        fall = (-self.safe.abs()).exp()
        square = self.eta.square()
        series = 1 / 12 - square / 240 * (1 - square * 5 / 126)
        return torch.where(self.small, series, 1 / self.safe.square() - fall / (1 - fall).square())

    def log_prob(self, x: Tensor) -> Tensor:
        a = self.safe.abs()
        large = self.safe * x - self.safe.relu() - (-torch.expm1(-a) / a).log()
        square = self.eta.square()
        series = self.eta * (x - 0.5) - square / 24 * (1 - square / 120 * (1 - square * 2 / 126))
        return torch.where(self.small, series, large)

    def cdf(self, x: Tensor) -> Tensor:
        """P(X <= x)."""
        a = -self.eta.abs().clamp(min=TINY)
        share = torch.expm1(a * torch.where(self.eta > 0, 1 - x, x)) / torch.expm1(a)
        share = torch.where(self.eta > 0, 1 - share, share)
        return torch.where(self.eta.abs() < TINY, x + x * (x - 1) * self.eta / 2, share)

    def icdf(self, u: Tensor) -> Tensor:
        """The x with P(X <= x) = u."""
        a = -self.eta.abs().clamp(min=TINY)
        near = torch.log1p(torch.where(self.eta > 0, 1 - u, u) * torch.expm1(a)) / a
        x = torch.where(self.eta > 0, 1 - near, near)
        return torch.where(self.eta.abs() < TINY, u + u * (1 - u) * self.eta / 2, x).clamp(0.0, 1.0)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        shape = self._extended_shape(torch.Size(sample_shape))
        return self.icdf(torch.rand(shape, dtype=self.eta.dtype, device=self.eta.device))

    def entropy(self) -> Tensor:
        return -self.log_prob(self.mean)  # log p is linear in x


class ContinuousBernoulli(Likelihood):
    r"""p(x | z) = prod_d C(eta_d) exp(eta_d x_d) on [0, 1] with eta = h + offset, C(eta) = eta / (exp(eta) - 1), in
    nats.

    The binary cross-entropy plus the normaliser that makes it a density of grey values.

    Reference:
        Loaiza-Ganem and Cunningham (2019), The continuous Bernoulli: fixing a pervasive error in variational
        autoencoders. https://arxiv.org/abs/1907.06845

    Arguments:
        event: What one example is.

    Example:
        >>> p = ContinuousBernoulli(Event((3,), low=0.0, high=1.0))(torch.ones(5, 3, 1))
        >>> round(p.log_prob(torch.ones(5, 3))[0].item(), 4)  # 3 (1 - ln(e - 1))
        1.376
    """

    support = constraints.unit_interval
    loss = "continuous Bernoulli"
    fill = 0.5
    offset: Tensor

    def __init__(self, event: Event = Event((2,), low=0.0, high=1.0)) -> None:
        super().__init__()
        self.event = event
        self.register_buffer("offset", torch.zeros(event.shape))

    @torch.no_grad()
    def initialise(self, x: Tensor) -> None:
        self.offset.copy_(eta_of(self.position(x).clamp(0.01, 0.99)))

    def forward(self, h: Tensor) -> Product:
        return self.cells_of(Tilted(h.squeeze(-1) + self.offset))

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(Event((3, 2, 1), "image", 0.0, 1.0))
        yield cls(Event((1,), low=0.0, high=1.0, missing=True))


def eta_of(mean: Tensor) -> Tensor:
    """The logit eta that has this mean, by bisection on [-200, 200]."""
    low, high = torch.full_like(mean, -200.0), torch.full_like(mean, 200.0)
    for _ in range(40):
        middle = (low + high) / 2
        below = Tilted(middle).mean < mean
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (low + high) / 2
