"""Gaussian likelihood: real cells. Its negative logarithm is the squared error, with a stated sigma."""

from typing import Literal

import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Normal, constraints

from ..core.errors import require
from ..core.event import Event
from ..core.product import Product
from .base import Likelihood


class Gaussian(Likelihood):
    r"""p(x | z) = prod_d N(x_d | mu_d, sigma_d^2) with mu = shift + scale * h, in nats and in the data's own units.

        -log p = sum_d (x_d - mu_d)^2 / (2 sigma_d^2) + ln sigma_d + ln(2 pi) / 2

    "MSE loss" is `variance="fixed"`; its sigma decides how much the KL weighs. `"optimal"` takes the maximum-likelihood sigma of
    the batch in closed form and keeps a running mean of it (state, no gradient), so no weight has to be tuned.

    Reference:
        Rybkin, Daniilidis and Levine (2021), Simple and effective VAE training with calibrated decoders.
        https://arxiv.org/abs/2006.13202

    Arguments:
        event: What one example is.
        variance: "fixed" (sigma as given), "shared" (one learned sigma), "dimension" (a learned sigma per cell) or "optimal" (one
            sigma in closed form).
        sigma: The fixed sigma, or the start of the others, in data units, > 0. None: the data's standard deviation; "fixed" needs a
            number.
        floor: Smallest sigma, in units of the data's standard deviation; without one the likelihood is unbounded.

    Example:
        >>> p = Gaussian(Event((3,)), "fixed", sigma=1.0)(torch.zeros(5, 3, 1))
        >>> round(p.log_prob(torch.zeros(5, 3))[0].item(), 4)  # -3/2 ln 2 pi
        -2.7568
    """

    support = constraints.real
    loss = "squared error"
    shift: Tensor
    scale: Tensor
    log_variance: Tensor

    def __init__(
        self,
        event: Event = Event(),
        variance: Literal["fixed", "shared", "dimension", "optimal"] = "optimal",
        sigma: float | None = None,
        floor: float = 1e-3,
    ) -> None:
        super().__init__()
        require(sigma is None or sigma > 0, "`sigma` must be positive", sigma, "Pass sigma=0.1 for data on [0, 1].")
        require(variance != "fixed" or sigma is not None, "variance='fixed' needs `sigma`", sigma, "Pass sigma=1.0.")
        require(floor > 0, "`floor` must be positive", floor, "Pass floor=0.001.")
        self.event, self.variance, self.sigma, self.floor = event, variance, sigma, floor
        start = torch.full(
            event.shape if variance == "dimension" else (), 2.0 * torch.tensor(sigma or 1.0).log().item()
        )
        if variance in ("shared", "dimension"):
            self.log_variance = nn.Parameter(start)
        else:
            self.register_buffer("log_variance", start)
        self.register_buffer("shift", torch.zeros(event.shape))
        self.register_buffer("scale", torch.ones(event.shape[-1:]))

    @torch.no_grad()
    def initialise(self, x: Tensor) -> None:
        self.shift.copy_(self.position(x))
        self.scale.copy_(self.spread(x))
        if self.sigma is None:
            wide = self.scale if self.variance == "dimension" else self.scale.square().mean().sqrt()
            self.log_variance.copy_((2 * wide.log()).expand(self.log_variance.shape))

    def deviation(self) -> Tensor:
        """sigma, () or `event.shape`, in data units."""
        lowest = self.floor * (self.scale if self.variance == "dimension" else self.scale.square().mean().sqrt())
        return torch.maximum((self.log_variance / 2).exp(), lowest)

    def forward(self, h: Tensor) -> Product:
        mean = self.shift + self.scale * h.squeeze(-1)
        return self.cells_of(Normal(mean, self.deviation().expand(mean.shape), validate_args=False))

    def statistics(self, p: Distribution, x: Tensor) -> dict[str, Tensor]:
        if self.variance != "optimal":
            return {}
        error = (x - p.mean).detach().square()
        return {"variance": error.nanmean()}

    def update(self, statistics: dict[str, Tensor]) -> None:
        if statistics:
            now = self.log_variance.exp()
            self.log_variance.copy_(torch.lerp(now, statistics["variance"].to(now), 0.1).clamp(min=1e-30).log())

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(Event((3, 2, 2), "image", 0.0, 1.0), "fixed", sigma=0.1)
        yield cls(Event((4,), missing=True), "dimension")
        yield cls(Event((1,)), "shared", sigma=2.0)
