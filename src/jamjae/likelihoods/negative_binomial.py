"""Negative binomial likelihood: counts that vary more than a Poisson allows, by a learned dispersion."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor
from torch.distributions import Distribution, constraints

from ..core.counts import deviance, factorial_rest, log_count, stirling_error
from ..core.event import Event
from ..core.product import Product
from .base import Dispersed, Dispersion, log_positive, observed, positive

SMALLEST = 1e-8  # this near to a Poisson, and no nearer


class Overdispersed(Distribution):
    r"""The negative binomial distribution with mean mu and variance mu + alpha mu^2.

    The textbook formula takes log Gamma(x + r) - log Gamma(r) with r = 1 / alpha: near the Poisson limit r is 1e8, and
    nothing is left of the difference. Here every piece is small there, and the limit is the Poisson's own formula.

    Arguments:
        rate: mu, any shape; may underflow to 0.
        log_rate: Its logarithm, finite.
        dispersion: alpha > 0, the same shape or one that broadcasts to it.

    Reference:
        Loader (2000), Fast and accurate computation of binomial probabilities.

    Example:
        >>> one = torch.ones(())
        >>> round(Overdispersed(one, 0 * one, one).log_prob(one).exp().item(), 4)  # geometric: 1/2, 1/4, ...
        0.25
    """

    support = constraints.nonnegative_integer
    arg_constraints: ClassVar[dict[str, constraints.Constraint]] = {}

    def __init__(self, rate: Tensor, log_rate: Tensor, dispersion: Tensor) -> None:
        self.rate, self.log_rate, self.dispersion = rate, log_rate, dispersion
        super().__init__(rate.shape, validate_args=False)

    def expand(self, batch_shape: Sequence[int], _instance: None = None) -> "Overdispersed":
        shape = torch.Size(batch_shape)
        return Overdispersed(*(t.expand(shape) for t in (self.rate, self.log_rate, self.dispersion)))

    @property
    def mean(self) -> Tensor:
        return self.rate

    @property
    def variance(self) -> Tensor:
        return self.rate * (1 + self.dispersion * self.rate)

    def log_prob(self, x: Tensor) -> Tensor:
        x, alpha = x.to(self.rate.dtype), self.dispersion
        r, grown = 1 / alpha, 1 + alpha * self.rate
        difference = (x - self.rate) / grown  # x - m = s - r
        ratio = (1 + alpha * x) / grown
        log_ratio = torch.log1p(alpha * x) - torch.log1p(alpha * self.rate)
        m, s = self.rate * ratio, r * ratio  # where x and r would have to be for their sum
        of_x = deviance(x, m, difference, log_count(x) - self.log_rate - log_ratio) + factorial_rest(x)
        of_r = deviance(r, s, -difference, -log_ratio) + torch.log1p(alpha * x) / 2
        return stirling_error(x + r) - stirling_error(r) - of_r - of_x

    @torch.no_grad()
    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        shape = self._extended_shape(torch.Size(sample_shape))
        gamma = torch._standard_gamma((1 / self.dispersion).expand(shape))  # of mean r
        return torch.poisson(gamma * (self.dispersion * self.rate))


class NegativeBinomial(Dispersed):
    r"""p(x | z) = prod_d NB(x_d | mu_d, alpha_d), counts of mean mu and variance mu + alpha mu^2, in nats.

        log p = log Gamma(x + r) - log Gamma(r) - log x! - r log(1 + alpha mu) + x log(mu / (mu + r)),   r = 1 / alpha

    mu = scale * softplus(h + ln(e - 1)) with the data's mean count per cell as scale; alpha is the same function of its
    own feature or parameter, with the data's own dispersion as scale. alpha -> 0 is the Poisson distribution.

    Reference:
        Lopez, Regier, Cole, Jordan and Yosef (2018), Deep generative modeling for single-cell transcriptomics.
        https://doi.org/10.1038/s41592-018-0229-2

    Arguments:
        event: What one example is.
        dispersion: alpha: "shared" (one learned number), "dimension" (one per cell) or "decoder" (a second output of
            the decoder per cell).

    Example:
        >>> p = NegativeBinomial(Event((3,), low=0.0))(torch.zeros(5, 3, 1))
        >>> round(p.log_prob(torch.ones(5, 3))[0].item(), 4)  # mu = alpha = 1: -3 ln 4
        -4.1589
    """

    support = constraints.nonnegative_integer
    points = constraints.nonnegative
    remedy = "It describes counts 0, 1, 2, ...: use --likelihood gaussian."
    loss = "negative binomial"

    def __init__(self, event: Event = Event((2,), low=0.0), dispersion: Dispersion = "dimension") -> None:
        super().__init__()
        self.prepare(event, dispersion)

    @torch.no_grad()
    def initialise(self, x: Tensor) -> None:
        # Half a count is added, so that a cell that never counted is rare and not impossible.
        x = observed(x)
        self.scale.copy_((x.nansum(0) + 0.5) / ((~x.isnan()).sum(0) + 1))
        mean = x.nanmean(0)
        excess, square = (x - mean).square().nanmean(0) - mean, mean.square()
        if self.dispersion == "shared":
            excess, square = excess.nansum(), square.nansum()
        self.start.copy_((excess / square).nan_to_num(1.0).clamp(0.01, 100.0))

    def forward(self, h: Tensor) -> Product:
        alpha, h = SMALLEST + self.dispersed(h), h[..., 0]
        factor = positive(h)
        return self.cells_of(Overdispersed(self.scale * factor, self.scale.log() + log_positive(h, factor), alpha))

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(Event((3, 2, 1), "image", 0.0), "decoder")
        yield cls(Event((4,), low=0.0, missing=True), "decoder")
        yield cls(Event((1,), low=0.0), "shared")
