"""Log-normal likelihood: positive cells that vary by factors. Squared error of the logarithm, as a density of x."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor
from torch.distributions import Distribution, constraints

from ..core.event import Event
from ..core.product import Product
from .base import LocationScale, Variance, observed

HALF_LN_2_PI = 0.9189385332046727


class Exponential(Distribution):
    r"""exp(y) with y ~ N(mu, sigma^2). Draws, median and mean stay below the largest number of their precision.

    Arguments:
        loc: mu, any shape.
        scale: sigma, the same shape.

    Example:
        >>> round(Exponential(torch.zeros(()), torch.ones(())).log_prob(torch.ones(())).item(), 4)  # -ln(2 pi) / 2
        -0.9189
    """

    has_rsample = True
    support = constraints.positive
    arg_constraints: ClassVar[dict[str, constraints.Constraint]] = {}

    def __init__(self, loc: Tensor, scale: Tensor) -> None:
        self.loc, self.scale = loc, scale
        super().__init__(loc.shape, validate_args=False)

    def expand(self, batch_shape: Sequence[int], _instance: None = None) -> "Exponential":
        shape = torch.Size(batch_shape)
        return Exponential(self.loc.expand(shape), self.scale.expand(shape))

    @property
    def median(self) -> Tensor:
        return bounded_exp(self.loc)

    @property
    def mean(self) -> Tensor:
        return bounded_exp(self.loc + self.scale.square() / 2)

    @property
    def variance(self) -> Tensor:
        return self.mean.square() * torch.expm1(self.scale.square())

    def log_prob(self, x: Tensor) -> Tensor:
        y = x.log()
        return -0.5 * ((y - self.loc) / self.scale).square() - self.scale.log() - HALF_LN_2_PI - y

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        shape = self._extended_shape(torch.Size(sample_shape))
        noise = torch.randn(shape, dtype=self.loc.dtype, device=self.loc.device)
        return bounded_exp(self.loc + self.scale * noise)


def bounded_exp(y: Tensor) -> Tensor:
    """exp(y), neither 0 nor infinite."""
    limits = torch.finfo(y.dtype)
    return y.exp().clamp(limits.tiny, limits.max)


class LogNormal(LocationScale):
    r"""p(x | z) = prod_d N(ln x_d | mu_d, sigma_d^2) / x_d with mu = shift + scale * h, in nats and in the data's own
    units.

        -log p = sum_d (ln x_d - mu_d)^2 / (2 sigma_d^2) + ln sigma_d + ln(2 pi) / 2 + ln x_d

    The last term does not depend on the model; it makes the value comparable with that of other likelihoods. sigma,
    shift and scale are those of ln x: sigma = 0.1 means errors of about ten per cent.

    Reference:
        McAlister (1879), The law of the geometric mean. https://doi.org/10.1098/rspl.1879.0061

    Arguments:
        event: What one example is.
        variance: "fixed" (sigma as given), "shared" (one learned sigma), "dimension" (a learned sigma per cell),
            "optimal" (one sigma in closed form) or "decoder" (a second output of the decoder per cell).
        sigma: The fixed sigma of ln x, or the start of the others, > 0. None: the standard deviation of ln x; "fixed"
            needs a number.
        floor: Smallest sigma that is not fixed, in units of the standard deviation of ln x; without one the likelihood
            is unbounded.

    Example:
        >>> p = LogNormal(Event((3,), low=0.0), "fixed", sigma=1.0)(torch.zeros(5, 3, 1))
        >>> round(p.log_prob(torch.ones(5, 3))[0].item(), 4)  # -3/2 ln 2 pi
        -2.7568
    """

    support = constraints.positive
    remedy = "It describes numbers above 0: use --likelihood gaussian."
    loss = "squared logarithmic error"
    fill = 1.0
    power, ratio = 2, 1.0

    def __init__(
        self,
        event: Event = Event((2,), low=0.0),
        variance: Variance = "optimal",
        sigma: float | None = None,
        floor: float = 1e-3,
    ) -> None:
        super().__init__()
        self.prepare(event, variance, sigma, floor)

    def initialise(self, x: Tensor) -> None:
        super().initialise(observed(x).log())

    def forward(self, h: Tensor) -> Product:
        return self.cells_of(Exponential(*self.located(h)))

    def point(self, p: Distribution) -> Tensor:
        """The median exp(mu), (*s, B, *event): as often too low as too high, where the mean follows the tail."""
        return cells(p).median

    def errors(self, p: Distribution, x: Tensor) -> Tensor:
        return x.log() - cells(p).loc

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(Event((3, 2, 2), "image", 0.0), "fixed", sigma=0.1)
        yield cls(Event((4,), low=0.0, missing=True), "decoder")
        yield cls(Event((4,), low=0.0, missing=True), "dimension")
        yield cls(Event((1,), low=0.0), "shared", sigma=2.0)


def cells(p: Distribution) -> Exponential:
    """The distribution of each cell."""
    assert isinstance(p, Product) and isinstance(p.base, Exponential)
    return p.base
