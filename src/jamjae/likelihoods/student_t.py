"""Student-t likelihood: real cells with heavy tails. An outlier costs the logarithm of its error, not the square."""

import math
from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor
from torch.distributions import Distribution, constraints

from ..core.errors import require
from ..core.event import Event
from ..core.product import Product
from .base import LocationScale, Variance, observed


class T(Distribution):
    r"""The t distribution with nu degrees of freedom, any location and scale.

    torch's own computes its constant as a difference of two lgamma in the precision of the data: beyond nu = 1e5 single
    precision is off by whole nats. Here nu is one number and the constant has double precision.

    Arguments:
        df: nu > 0.
        loc: mu, any shape.
        scale: sigma, the same shape.

    Example:
        >>> round(T(1.0, torch.zeros(()), torch.ones(())).log_prob(torch.zeros(())).item(), 4)  # -ln pi
        -1.1447
    """

    has_rsample = True
    support = constraints.real
    arg_constraints: ClassVar[dict[str, constraints.Constraint]] = {}

    def __init__(self, df: float, loc: Tensor, scale: Tensor) -> None:
        self.df, self.loc, self.scale = df, loc, scale
        super().__init__(loc.shape, validate_args=False)

    def expand(self, batch_shape: Sequence[int], _instance: None = None) -> "T":
        shape = torch.Size(batch_shape)
        return T(self.df, self.loc.expand(shape), self.scale.expand(shape))

    @property
    def mean(self) -> Tensor:
        return self.loc if self.df > 1 else torch.full_like(self.loc, torch.nan)

    @property
    def variance(self) -> Tensor:
        factor = self.df / (self.df - 2) if self.df > 2 else math.inf if self.df > 1 else math.nan
        return factor * self.scale.square()

    def weight(self, x: Tensor) -> Tensor:
        """(nu + 1) / (nu + ((x - mu) / sigma)^2): how far a value is trusted."""
        return (self.df + 1) / (self.df + ((x - self.loc) / self.scale).square())

    def log_prob(self, x: Tensor) -> Tensor:
        square = ((x - self.loc) / self.scale).square()
        return constant(self.df) - self.scale.log() - (self.df + 1) / 2 * torch.log1p(square / self.df)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        shape = self._extended_shape(torch.Size(sample_shape))
        gamma = torch._standard_gamma(self.loc.new_full(shape, self.df / 2))
        return self.loc + self.scale * torch.randn_like(gamma) * (self.df / 2 / gamma).sqrt()


def constant(df: float) -> float:
    """log [Gamma((nu + 1) / 2) / Gamma(nu / 2) / sqrt(nu pi)].

    Example:
        >>> round(constant(1e12) + 0.5 * math.log(2 * math.pi), 9)  # the Gaussian's
        -0.0
    """
    if df > 1e5:  # the next term is below 1e-16
        return -0.5 * math.log(2 * math.pi) - 0.25 / df + 1 / (24 * df**3)
    return math.lgamma((df + 1) / 2) - math.lgamma(df / 2) - 0.5 * math.log(df * math.pi)


class StudentT(LocationScale):
    r"""p(x | z) = prod_d T_nu(x_d | mu_d, sigma_d) with mu = shift + scale * h, in nats and in the data's own units.

        -log p = sum_d (nu + 1) / 2 ln(1 + e_d^2 / (nu sigma_d^2)) + ln sigma_d + constant,   e = x - mu

    The data's position and scale are taken as medians, so that outliers do not decide them. `"optimal"` takes one step
    of the EM algorithm per batch, sigma^2 = mean of w e^2 with w = (nu + 1) / (nu + e^2 / sigma^2): the
    maximum-likelihood sigma is its fixed point.

    Reference:
        Lange, Little and Taylor (1989), Robust statistical modeling using the t distribution.
        https://doi.org/10.1080/01621459.1989.10478852

    Arguments:
        event: What one example is.
        variance: "fixed" (sigma as given), "shared" (one learned sigma), "dimension" (a learned sigma per cell),
            "optimal" (one sigma by EM) or "decoder" (a second output of the decoder per cell).
        sigma: The fixed scale, or the start of the others, in data units, > 0; the standard deviation is
            sqrt(nu / (nu - 2)) times as large. None: that of the data; "fixed" needs a number.
        floor: Smallest sigma that is not fixed, in units of the data's scale; without one the likelihood is unbounded.
        df: Degrees of freedom nu > 0: 1 is the Cauchy distribution, and as nu grows it becomes `gaussian`.

    Example:
        >>> import torch
        >>> p = StudentT(Event((3,)), "fixed", sigma=1.0, df=1.0)(torch.zeros(5, 3, 1))
        >>> round(p.log_prob(torch.ones(5, 3))[0].item(), 4)  # -3 ln 2 pi
        -5.5136
    """

    support = constraints.real
    loss = "Student-t"
    power, ratio = 2, 1.0

    def __init__(
        self,
        event: Event = Event(),
        variance: Variance = "optimal",
        sigma: float | None = None,
        floor: float = 1e-3,
        df: float = 4.0,
    ) -> None:
        super().__init__()
        require(0 < df < math.inf, "`df` must be positive and finite", df, "Use gaussian for the limit.")
        self.prepare(event, variance, sigma, floor)
        self.df = df

    def position(self, x: Tensor) -> Tensor:
        return observed(x).nanmedian(0).values.nan_to_num(0.0)

    def spread(self, x: Tensor) -> Tensor:
        errors = (observed(x) - self.position(x)).abs()
        pooled = errors.flatten(0, -2) if x.ndim > 1 else errors
        s = 1.4826 * pooled.nanmedian(0).values  # the standard deviation, were it Gaussian
        return torch.where(s > 0, s, super().spread(x))

    def forward(self, h: Tensor) -> Product:
        return self.cells_of(T(self.df, *self.located(h)))

    def point(self, p: Distribution) -> Tensor:
        """mu, (*s, B, *event); below df = 1 there is no mean."""
        return cells(p).loc

    def errors(self, p: Distribution, x: Tensor) -> Tensor:
        """sqrt(w) e, (*s, B, *event)."""
        base = cells(p)
        return base.weight(x).sqrt() * (x - base.loc)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(Event((3, 2, 2), "image", 0.0, 1.0), "fixed", sigma=0.1, df=2.5)
        yield cls(Event((4,), missing=True), "decoder")
        yield cls(Event((4,), missing=True), "dimension", df=1e6)
        yield cls(Event((1,)), "shared", sigma=2.0, df=1.0)


def cells(p: Distribution) -> T:
    """The distribution of each cell."""
    assert isinstance(p, Product) and isinstance(p.base, T)
    return p.base
