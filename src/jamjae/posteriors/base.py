"""Posteriors q(z | x): what the encoder outputs."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from torch import Tensor
from torch.distributions import Distribution, constraints

from ..core.component import Component
from ..core.shapes import Shape


class Posterior(Component, ABC):
    """Base of the posteriors: encoder features h `(B, *features)` to a distribution with batch `(B,)` and event
    `latent`.

    `train()` may relax a discrete posterior; `eval()` is exact. Class attributes: `support`, the codes that have a
    density, the same as the prior's; `certain`, whether the code of an example has no chance. Attribute: `entries`, how
    many a position of the code chooses from, 0 where codes are no numbers; a size of the prior.
    """

    latent: Shape
    support: constraints.Constraint = constraints.real
    certain: bool = False
    entries: int = 0

    @property
    @abstractmethod
    def features(self) -> Shape:
        """Shape of h for one example."""

    @abstractmethod
    def forward(self, h: Tensor) -> Distribution:
        """q(z | h)."""

    def point(self, q: Distribution) -> Tensor:
        """The code of an example, (B, *latent), without chance: the mean, unless the posterior says otherwise."""
        return q.mean

    def lift(self, p: Distribution) -> Distribution:
        """A prior over codes as a prior over z; the same thing unless the codes are discrete."""
        return p

    def logged(self, q: Distribution) -> dict[str, Tensor]:
        """What is worth watching in training beside the loss, without gradient, by name."""
        return {}

    def statistics(self, q: Distribution) -> dict[str, Tensor]:
        """What `update` needs to know of a batch, without gradient."""
        return {}

    def update(self, statistics: dict[str, Tensor]) -> None:
        """Learn without gradient from `statistics`, after the optimiser's step."""

    def start(self, features: Callable[[], Tensor]) -> None:
        """Data-dependent start, once, before step 0; `features()` encodes training examples, (N, *features)."""
