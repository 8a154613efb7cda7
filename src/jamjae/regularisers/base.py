"""Regularisers: what an autoencoder pays for its codes, beside the distortion."""

from abc import ABC, abstractmethod
from typing import Any

from torch import Tensor
from torch.distributions import Distribution

from ..core.component import Component
from ..core.errors import require


class Regulariser(Component, ABC):
    """Base of the regularisers. `separable`: whether the cost of an example is the same in every batch."""

    separable: bool = True
    weight: float

    def prepare(self, weight: float) -> None:
        """Check and store the argument that all have; every constructor calls it."""
        require(weight > 0, "`weight` must be positive", weight, "Leave the regulariser out for none.")
        self.weight = weight

    def check(self, model: Any) -> None:
        """Refuse a model whose codes have no such cost.

        Raises:
            UsageError: With the reason and what to choose instead.
        """

    @abstractmethod
    def forward(self, model: Any, batch: Any, q: Distribution, z: Tensor) -> Tensor:
        """The cost (B,), `weight` included.

        Arguments:
            model: A latent model.
            batch: Examples x (B, *event) and their labels y.
            q: q(z | x), with corrupted x where the objective corrupts.
            z: The codes that are decoded, (B, *latent).
        """
