"""Priors p(z): what shape the latent space should have."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from torch import Tensor
from torch.distributions import Distribution

from ..core.component import Component
from ..core.shapes import Shape


class Prior(Component, ABC):
    """Base of the priors: a distribution over z, event `latent`, batch shape `()` or, given a context, `(B,)`."""

    latent: Shape

    @abstractmethod
    def forward(
        self, context: Tensor | None = None, posterior_of: Callable[[Tensor], Distribution] | None = None
    ) -> Distribution:
        """p(z), or p(z | context). `posterior_of` maps pseudo-inputs to q(z | x); only a Vamp prior uses it."""

    def fit_to(self, codes: Tensor) -> None:
        """Maximum likelihood on codes `(N, *latent)`: how an autoencoder gets a prior afterwards. Default: nothing."""
