"""Likelihoods p(x | z): what the data is, and therefore what the loss is, in nats per example.

A likelihood turns the decoder's features h `(*s, B, *features)` into a distribution with batch shape `(*s, B)` and event
`event.shape`. `initialise` takes the data's own position and scale, so that h = 0 already describes the average example and the
density stays in the units of the data.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor
from torch.distributions import Distribution, constraints

from ..core.component import Component
from ..core.event import Event
from ..core.product import Product
from ..core.shapes import Shape


class Likelihood(Component, ABC):
    """Base of the likelihoods.

    Class attributes: `support`, the values that have a density; `accepts`, the values that training tolerates (default: the
    support); `channels`, decoder outputs per cell; `fill`, a value inside the support that stands in for a missing cell;
    `loss`, the name under which others know -log p.
    """

    event: Event
    support: constraints.Constraint = constraints.real
    accepts: constraints.Constraint | None = None
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
        return x.float().nanmean(0).nan_to_num(0.0)

    def spread(self, x: Tensor) -> Tensor:
        """Standard deviation around `position`, one per entry of the last axis; 1 where the data is constant."""
        x = x.float()
        s = (x - x.nanmean(0)).square().flatten(0, -2).nanmean(0).sqrt() if x.ndim > 1 else x.std()
        return torch.where(s > 0, s, 1.0).nan_to_num(1.0)
