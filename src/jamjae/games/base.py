"""Games: what a critic minimises, and what whoever it judges minimises. Scores to costs, one number per score.

A critic gives a real number, the score; a high one means "real". No game takes the logarithm of a probability: those
that classify read the score as the logit of D(x), the probability that x is real, so that nothing overflows.
"""

import math
from abc import ABC, abstractmethod

import torch
from torch import Tensor
from torch.nn.functional import softplus

from ..core.component import Component
from ..core.errors import require


class Game(Component, ABC):
    """Base of the games.

    `boundary`: the score that the optimal critic gives where an example is as likely real as made; None where scores
    have no origin, because only their differences count.
    """

    @property
    @abstractmethod
    def boundary(self) -> float | None:
        """The score between "real" and "made"."""

    @abstractmethod
    def critic(self, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        """The critic's costs of its scores of real and of made examples; each has the shape of its scores."""

    @abstractmethod
    def generator(self, fake: Tensor) -> Tensor:
        """The maker's costs of the critic's scores of what it made, in their shape."""

    def equilibrium(self) -> dict[str, float]:
        """What real, fake and fooling cost when what is made has the distribution of what is real and the critic is
        optimal; of several optimal scores the one next to 0.
        """
        score = torch.tensor(self.boundary or 0.0, dtype=torch.float64)
        real, fake = self.critic(score, score)
        costs = {"real": real, "fake": fake, "fooling": self.generator(score)}
        return {name: cost.item() + 0.0 for name, cost in costs.items()}  # -0.0 becomes 0.0

    def accuracy(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        """Which scores are on the right side of the boundary, as 0 and 1; nothing where there is no boundary."""
        if self.boundary is None:
            return {}
        return {"accuracy_real": (real > self.boundary).float(), "accuracy_fake": (fake < self.boundary).float()}


class Classification(Game):
    r"""Base of the games in which the critic classifies: the cross-entropy of D = sigmoid(score), in nats.

        critic:  E_real[-(1 - smoothing) log D - smoothing log(1 - D)] + E_made[-log(1 - D)]

    The optimum is D = (1 - smoothing) p_real / (p_real + p_made). Without smoothing, at equal distributions, D = 1/2
    and the costs are ln 2 and ln 2.
    """

    smoothing: float = 0.0

    def prepare(self, smoothing: float) -> None:
        """Check and store the argument; a constructor that has it calls it."""
        require(0 <= smoothing < 0.5, "`smoothing` must be in [0, 0.5)", smoothing, "Pass smoothing=0.1.")
        self.smoothing = smoothing

    @property
    def boundary(self) -> float:
        return math.log((1 - self.smoothing) / (1 + self.smoothing))  # the logit of D = (1 - smoothing) / 2

    def critic(self, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        return softplus(-real) + self.smoothing * real, softplus(fake)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        if "smoothing" in cls.arguments():
            yield cls(smoothing=0.1)
