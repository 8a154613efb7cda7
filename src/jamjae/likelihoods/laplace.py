"""Laplace likelihood: real cells with outliers. Its negative logarithm is the absolute error, with a stated scale."""

import math

from torch import Tensor
from torch.distributions import Laplace as Base
from torch.distributions import constraints

from ..core.event import Event
from ..core.product import Product
from .base import LocationScale, Variance


class Laplace(LocationScale):
    r"""p(x | z) = prod_d exp(-|x_d - mu_d| / b_d) / (2 b_d) with mu = shift + scale * h, in nats and in the data's own
    units.

        -log p = sum_d |x_d - mu_d| / b_d + ln(2 b_d),   b = sigma / sqrt(2)

    "L1 loss" is `variance="fixed"`. The scale is given as the standard deviation sigma, so that numbers mean the same
    as in `gaussian`; the maximum-likelihood sigma of `"optimal"` is sqrt(2) times the mean absolute error.

    Reference:
        Laplace (1774), Memoir on the probability of the causes of events. English by Stigler (1986).
        https://doi.org/10.1214/ss/1177013621

    Arguments:
        event: What one example is.
        variance: "fixed" (sigma as given), "shared" (one learned sigma), "dimension" (a learned sigma per cell),
            "optimal" (one sigma in closed form) or "decoder" (a second output of the decoder per cell).
        sigma: The fixed sigma, or the start of the others, in data units, > 0. None: the data's standard deviation;
            "fixed" needs a number.
        floor: Smallest sigma that is not fixed, in units of the data's standard deviation; without one the likelihood
            is unbounded.

    Example:
        >>> import torch
        >>> p = Laplace(Event((3,)), "fixed", sigma=2**0.5)(torch.zeros(5, 3, 1))
        >>> round(p.log_prob(torch.zeros(5, 3))[0].item(), 4)  # -3 ln 2
        -2.0794
    """

    support = constraints.real
    loss = "absolute error"
    power, ratio = 1, math.sqrt(2)

    def __init__(
        self, event: Event = Event(), variance: Variance = "optimal", sigma: float | None = None, floor: float = 1e-3
    ) -> None:
        super().__init__()
        self.prepare(event, variance, sigma, floor)

    def forward(self, h: Tensor) -> Product:
        mu, sigma = self.located(h)
        return self.cells_of(Base(mu, sigma / self.ratio, validate_args=False))

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(Event((3, 2, 2), "image", 0.0, 1.0), "fixed", sigma=0.1)
        yield cls(Event((4,), missing=True), "decoder")
        yield cls(Event((4,), missing=True), "dimension")
        yield cls(Event((1,)), "shared", sigma=2.0)
