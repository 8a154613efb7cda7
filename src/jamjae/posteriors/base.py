"""Posteriors q(z | x): what the encoder outputs."""

from abc import ABC, abstractmethod

from torch import Tensor
from torch.distributions import Distribution

from ..core.component import Component
from ..core.shapes import Shape


class Posterior(Component, ABC):
    """Base of the posteriors: encoder features h `(B, *features)` to a distribution with batch `(B,)` and event
    `latent`.

    `train()` may relax a discrete posterior; `eval()` is exact.
    """

    latent: Shape

    @property
    @abstractmethod
    def features(self) -> Shape:
        """Shape of h for one example."""

    @abstractmethod
    def forward(self, h: Tensor) -> Distribution:
        """q(z | h)."""

    def point(self, q: Distribution) -> Tensor:
        """The code of an example, (B, *latent): the mean."""
        return q.mean

    def lift(self, p: Distribution) -> Distribution:
        """A prior over codes as a prior over z; the same thing unless the codes are discrete."""
        return p

    def statistics(self, q: Distribution) -> dict[str, Tensor]:
        """What `update` needs to know of a batch, without gradient."""
        return {}

    def update(self, statistics: dict[str, Tensor]) -> None:
        """Learn without gradient from `statistics`, after the optimiser's step."""
