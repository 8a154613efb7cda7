"""Likelihoods p(x | z): what the data is, and therefore what the loss is, in nats per example.

A likelihood turns the decoder's features h `(*s, B, *features)` into a distribution with batch shape `(*s, B)` and
event `event.shape`. `initialise` takes the data's own position and scale, so that h = 0 already describes the average
example and the density stays in the units of the data.
"""

import math
from abc import ABC, abstractmethod
from typing import Literal

import torch
from torch import Tensor, nn
from torch.distributions import Distribution, constraints
from torch.nn.functional import softplus

from ..core.component import Component
from ..core.errors import require
from ..core.event import Event
from ..core.product import Product
from ..core.shapes import Shape, missing

Dispersion = Literal["shared", "dimension", "decoder"]
Variance = Literal["fixed", "shared", "dimension", "optimal", "decoder"]
START = math.log(math.e - 1)  # softplus is 1 here


class Likelihood(Component, ABC):
    """Base of the likelihoods.

    Class attributes: `support`, the values that have a density; `accepts`, the values that training tolerates
    (default: the support); `points`, where `point` lies (default: what training tolerates); `remedy`, what to do about
    data outside; `channels`, decoder outputs per cell; `fill`, a value inside the support that stands in for a missing
    cell; `loss`, the name under which others know -log p.
    """

    event: Event
    support: constraints.Constraint = constraints.real
    accepts: constraints.Constraint | None = None
    points: constraints.Constraint | None = None
    remedy: str = "Use --likelihood gaussian, or scale the data."
    channels: int = 1
    fill: float = 0.0
    loss: str = ""

    @property
    def features(self) -> Shape:
        """Shape of h for one example, channel axis last."""
        return (*self.event.shape, self.channels)

    @abstractmethod
    def forward(self, h: Tensor) -> Distribution:
        """p(x | h): h `(*s, B, *features)` to a distribution with batch `(*s, B)` and event `event.shape`."""

    def cells_of(self, base: Distribution) -> Product:
        """One density per cell, summed over the event; missing cells count nothing where the event may have them."""
        return Product(base, len(self.event.shape), self.fill if self.event.missing else None)

    def point(self, p: Distribution) -> Tensor:
        """The picture to show, (*s, B, *event): the mean."""
        return p.mean

    def statistics(self, p: Distribution, x: Tensor) -> dict[str, Tensor]:
        """What `update` needs to know of a batch, without gradient."""
        return {}

    def update(self, statistics: dict[str, Tensor]) -> None:
        """Learn without gradient from `statistics`, after the optimiser's step."""

    def position(self, x: Tensor) -> Tensor:
        """Mean of every cell over the examples x `(N, *event)`; 0 where nothing was observed."""
        return observed(x).nanmean(0).nan_to_num(0.0)

    def spread(self, x: Tensor) -> Tensor:
        """Standard deviation around `position`, one per entry of the last axis; 1 where the data is constant."""
        x = observed(x)
        squares = (x - x.nanmean(0)).square()
        s = (squares.flatten(0, -2) if x.ndim > 1 else squares).nanmean(0).sqrt()
        return torch.where(s > 0, s, 1.0).nan_to_num(1.0)


def observed(x: Tensor) -> Tensor:
    """x as real numbers, NaN where a cell is missing."""
    real = x if x.is_floating_point() else x.float()
    return torch.where(missing(x), torch.nan, real)


def positive(h: Tensor) -> Tensor:
    """A positive factor of a feature h: 1 at h = 0, exponential far below and linear far above, so it stays finite."""
    return softplus(h + START)


def log_positive(h: Tensor, value: Tensor) -> Tensor:
    """log `positive(h)`, given that value; finite where it underflows."""
    h = h + START
    return torch.where(h < -30, h, value.clamp(min=1e-14).log())  # there both agree to 1e-13


class Dispersed(Likelihood):
    """Base of the likelihoods with a mean and a dispersion alpha = start * softplus(feature + ln(e - 1)): one learned
    number, one per cell, or a second output of the decoder per cell. `start` is the data's own, set by `initialise`.
    """

    dispersion: Dispersion
    scale: Tensor
    start: Tensor

    def prepare(self, event: Event, dispersion: Dispersion) -> None:
        """Store the arguments and register the state; every constructor calls it."""
        self.event, self.dispersion = event, dispersion
        shape = () if dispersion == "shared" else event.shape
        self.register_buffer("scale", torch.ones(event.shape))
        self.register_buffer("start", torch.ones(shape))
        if dispersion == "decoder":
            self.channels = 2
        else:
            self.feature = nn.Parameter(torch.zeros(shape))

    def dispersed(self, h: Tensor) -> Tensor:
        """alpha of features h (*s, B, *event, channels), broadcastable to (*s, B, *event)."""
        return self.start * positive(h[..., 1] if self.dispersion == "decoder" else self.feature)


class LocationScale(Likelihood):
    r"""Base of the likelihoods with a position mu = shift + scale * h and one deviation sigma, both in data units.

    sigma is given, learned, a second output of the decoder, or the maximum-likelihood value of the batch in closed
    form: with e = x - mu,

        sigma = ratio * (mean |e|^power)^(1 / power)

    Class attributes: `power` and `ratio` of that formula.
    """

    power: int
    ratio: float
    variance: Variance
    sigma: float | None
    floor: float
    shift: Tensor
    scale: Tensor
    log_variance: Tensor

    def prepare(self, event: Event, variance: Variance, sigma: float | None, floor: float) -> None:
        """Check and store the arguments and register the state; every constructor calls it."""
        require(sigma is None or sigma > 0, "`sigma` must be positive", sigma, "Pass sigma=0.1 for data on [0, 1].")
        require(variance != "fixed" or sigma is not None, "variance='fixed' needs `sigma`", sigma, "Pass sigma=1.0.")
        require(floor > 0, "`floor` must be positive", floor, "Pass floor=0.001.")
        self.event, self.variance, self.sigma, self.floor = event, variance, sigma, floor
        self.register_buffer("shift", torch.zeros(event.shape))
        self.register_buffer("scale", torch.ones(event.shape[-1:]))
        shape = {"dimension": event.shape, "decoder": event.shape[-1:]}.get(variance, ())
        start = torch.full(shape, 2 * math.log(sigma or 1.0))
        if self.learned:
            self.log_variance = nn.Parameter(start)
        elif variance != "fixed":
            self.register_buffer("log_variance", start)
        if variance == "decoder":
            self.channels = 2

    @property
    def learned(self) -> bool:
        """Whether sigma has a gradient."""
        return self.variance in ("shared", "dimension")

    @torch.no_grad()
    def initialise(self, x: Tensor) -> None:
        self.shift.copy_(self.position(x))
        self.scale.copy_(self.spread(x))
        if self.sigma is None:
            self.log_variance.copy_((2 * self.unit().log()).expand(self.log_variance.shape))

    def unit(self) -> Tensor:
        """The data's own standard deviation: one number, or one per entry of the last axis if sigma is per cell."""
        own = self.variance in ("dimension", "decoder")
        return self.scale if own else self.scale.square().mean().sqrt()

    def deviation(self, factor: Tensor | float = 1.0) -> Tensor:
        """sigma, () or `event.shape`, in data units; of a decoder's sigma `factor` times the start."""
        if self.variance == "fixed":
            return self.scale.new_tensor(self.sigma)
        sigma, lowest = (self.log_variance / 2).exp() * factor, self.floor * self.unit()
        # A learned sigma must feel the gradient at the floor too: under a hard maximum it could never rise again.
        return torch.maximum(sigma, lowest) if self.variance == "optimal" else torch.hypot(sigma, lowest)

    def located(self, h: Tensor) -> tuple[Tensor, Tensor]:
        """mu and sigma, both (*s, B, *event)."""
        mu = self.shift + self.scale * h[..., 0]
        sigma = self.deviation(positive(h[..., 1])) if self.variance == "decoder" else self.deviation()
        return mu, sigma.expand(mu.shape)

    def statistics(self, p: Distribution, x: Tensor) -> dict[str, Tensor]:
        if self.variance != "optimal":
            return {}
        return {"moment": self.errors(p, x).detach().abs().pow(self.power).nanmean()}

    def errors(self, p: Distribution, x: Tensor) -> Tensor:
        """e, (*s, B, *event); NaN where a cell is missing."""
        return x - p.mean

    def update(self, statistics: dict[str, Tensor]) -> None:
        if statistics:
            now = ((self.log_variance / 2).exp() / self.ratio).pow(self.power)
            moment = torch.lerp(now, statistics["moment"].to(now), 0.1).clamp(min=1e-30)
            self.log_variance.copy_(2 * (math.log(self.ratio) + moment.log() / self.power))
