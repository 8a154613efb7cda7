"""Priors p(z): what shape the latent space should have."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from torch import Tensor
from torch.distributions import Distribution, constraints

from ..core.component import Component
from ..core.shapes import Shape


class Prior(Component, ABC):
    """Base of the priors: a distribution over z, event `shape`, batch shape `()` or, given a context, `(B,)`.

    Class attributes: `support`, the codes that have a density, the same as the posterior's; `context`, the width of the
    context that `forward` takes, 0 where it takes none; `entries`, how many the book of the posterior has, 0 where
    codes are no numbers; `direct`, whether `fit_to` finds the maximum likelihood at once; otherwise the prior of an
    autoencoder learns step by step.
    """

    latent: Shape
    support: constraints.Constraint = constraints.real
    context: int = 0
    entries: int = 0
    direct: bool = False

    @property
    def shape(self) -> Shape:
        """Shape of the event: that of z, unless the posterior lifts it."""
        return self.latent

    @property
    def learning(self) -> str:
        """How it comes to know the codes of an autoencoder, which do not feel it."""
        if self.direct:
            return "fitted to the codes afterwards"
        learns = any(True for _ in self.parameters())
        return "that learned the codes beside the training" if learns else "that knows nothing of the codes"

    @abstractmethod
    def forward(
        self, context: Tensor | None = None, posterior_of: Callable[[Tensor], Distribution] | None = None
    ) -> Distribution:
        """p(z), or p(z | context). `posterior_of` maps pseudo-inputs to q(z | x); only a Vamp prior uses it."""

    def fit_to(self, codes: Tensor) -> None:
        """Maximum likelihood on codes `(N, *latent)`, where `direct`: how an autoencoder gets a prior afterwards."""
