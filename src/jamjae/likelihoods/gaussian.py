"""Gaussian likelihood: real cells. Its negative logarithm is the squared error, with a stated sigma."""

from torch import Tensor
from torch.distributions import Normal, constraints

from ..core.event import Event
from ..core.product import Product
from .base import LocationScale, Variance


class Gaussian(LocationScale):
    r"""p(x | z) = prod_d N(x_d | mu_d, sigma_d^2) with mu = shift + scale * h, in nats and in the data's own units.

        -log p = sum_d (x_d - mu_d)^2 / (2 sigma_d^2) + ln sigma_d + ln(2 pi) / 2

    "MSE loss" is `variance="fixed"`; its sigma decides how much the KL weighs. `"optimal"` takes the
    maximum-likelihood sigma of the batch in closed form and keeps a running mean of it (state, no gradient), so no
    weight has to be tuned.

    Reference:
        Rybkin, Daniilidis and Levine (2021), Simple and effective VAE training with calibrated decoders.
        https://arxiv.org/abs/2006.13202

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
        >>> p = Gaussian(Event((3,)), "fixed", sigma=1.0)(torch.zeros(5, 3, 1))
        >>> round(p.log_prob(torch.zeros(5, 3))[0].item(), 4)  # -3/2 ln 2 pi
        -2.7568
    """

    support = constraints.real
    loss = "squared error"
    power, ratio = 2, 1.0

    def __init__(
        self, event: Event = Event(), variance: Variance = "optimal", sigma: float | None = None, floor: float = 1e-3
    ) -> None:
        super().__init__()
        self.prepare(event, variance, sigma, floor)

    def forward(self, h: Tensor) -> Product:
        mu, sigma = self.located(h)
        return self.cells_of(Normal(mu, sigma, validate_args=False))

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(Event((3, 2, 2), "image", 0.0, 1.0), "fixed", sigma=0.1)
        yield cls(Event((4,), missing=True), "decoder")
        yield cls(Event((4,), missing=True), "dimension")
        yield cls(Event((1,)), "shared", sigma=2.0)
