"""Gamma likelihood: positive cells whose deviation grows with their mean, with a lighter tail than log-normal ones."""

import math
from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor
from torch.distributions import Distribution, constraints

from ..core.counts import deviance, stirling_error
from ..core.event import Event
from ..core.product import Product
from .base import Dispersed, Dispersion, observed, positive

SMALLEST = 1e-4  # alpha: a coefficient of variation of 1 %; without a floor the likelihood is unbounded
FLOOR = 1e-6  # of the mean, in units of the data's mean


class Waiting(Distribution):
    r"""The gamma distribution with mean mu and variance alpha mu^2.

    The textbook formula subtracts k log k from log Gamma(k), k = 1 / alpha, and k log x from k x / mu. Here every piece
    is small around the peak, so that narrow densities are exact in single precision.

    Arguments:
        mu: Mean > 0, any shape.
        alpha: Square of the coefficient of variation, > 0, the same shape or one that broadcasts to it.

    Example:
        >>> one = torch.ones(())
        >>> Waiting(one, one).log_prob(one).item()  # exponential: -x
        -1.0
    """

    has_rsample = True
    support = constraints.positive
    arg_constraints: ClassVar[dict[str, constraints.Constraint]] = {}

    def __init__(self, mu: Tensor, alpha: Tensor) -> None:
        self.mu, self.alpha = mu, alpha
        super().__init__(mu.shape, validate_args=False)

    def expand(self, batch_shape: Sequence[int], _instance: None = None) -> "Waiting":
        shape = torch.Size(batch_shape)
        return Waiting(self.mu.expand(shape), self.alpha.expand(shape))

    @property
    def mean(self) -> Tensor:
        return self.mu

    @property
    def variance(self) -> Tensor:
        return self.alpha * self.mu.square()

    def log_prob(self, x: Tensor) -> Tensor:
        k, ratio, log_x = 1 / self.alpha, x / self.mu, x.log()
        off = deviance(torch.ones_like(ratio), ratio, 1 - ratio, self.mu.log() - log_x)  # ratio - 1 - log ratio
        return 0.5 * (k / (2 * math.pi)).log() - stirling_error(k) - k * off - log_x

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        shape = self._extended_shape(torch.Size(sample_shape))
        drawn = torch._standard_gamma((1 / self.alpha).expand(shape)) * self.alpha * self.mu
        return drawn.clamp(min=torch.finfo(drawn.dtype).tiny)


class Gamma(Dispersed):
    r"""p(x | z) = prod_d Gamma(x_d; mean mu_d, variance alpha_d mu_d^2), in nats and in the data's own units.

        log p = k log(k / mu) - log Gamma(k) + (k - 1) log x - k x / mu,   k = 1 / alpha

    mu = scale * softplus(h + ln(e - 1)) with the data's mean per cell as scale; alpha is the same function of its own
    feature or parameter, with the data's own squared coefficient of variation as scale.

    Reference:
        Nelder and Wedderburn (1972), Generalized linear models. https://doi.org/10.2307/2344614

    Arguments:
        event: What one example is.
        dispersion: alpha: "shared" (one learned number), "dimension" (one per cell) or "decoder" (a second output of
            the decoder per cell).

    Example:
        >>> p = Gamma(Event((3,), low=0.0))(torch.zeros(5, 3, 1))
        >>> round(p.log_prob(torch.ones(5, 3))[0].item(), 2)  # mu = alpha = 1: exponential
        -3.0
    """

    support = constraints.positive
    remedy = "It describes numbers above 0: use --likelihood gaussian."
    loss = "gamma deviance"
    fill = 1.0

    def __init__(self, event: Event = Event((2,), low=0.0), dispersion: Dispersion = "dimension") -> None:
        super().__init__()
        self.prepare(event, dispersion)

    @torch.no_grad()
    def initialise(self, x: Tensor) -> None:
        x = observed(x)
        self.scale.copy_(x.nanmean(0).nan_to_num(1.0))
        square = ((x / self.scale) - 1).square()
        alpha = square.nanmean() if self.dispersion == "shared" else square.nanmean(0)
        self.start.copy_(alpha.nan_to_num(1.0).clamp(0.01, 100.0))

    def forward(self, h: Tensor) -> Product:
        alpha = SMALLEST + self.dispersed(h)
        return self.cells_of(Waiting(self.scale * (FLOOR + positive(h[..., 0])), alpha))

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(Event((3, 2, 1), "image", 0.0), "decoder")
        yield cls(Event((4,), low=0.0, missing=True), "decoder")
        yield cls(Event((1,), low=0.0), "shared")
