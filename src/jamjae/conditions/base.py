"""Conditions: what a model may be told about an example. Raw labels y `(B,)` to the context `(B, C)` of the parts."""

from abc import ABC, abstractmethod

from torch import Tensor
from torch.distributions import Categorical

from ..core.component import Component
from ..core.errors import Undefined
from ..networks.base import Network


class Condition(Component, ABC):
    """Base of the conditions. A missing label is a context of zeros.

    `classifier`: the network that tells the label from an example; None where the label must be given.
    """

    classifier: Network | None

    @property
    @abstractmethod
    def width(self) -> int:
        """C, the width of the context."""

    @abstractmethod
    def forward(self, y: Tensor) -> Tensor:
        """Raw labels (B,) to the context (B, C)."""

    def infer(self, x: Tensor) -> Categorical:
        """q(y | x) of examples x (*s, B, *E): batch (*s, B).

        Raises:
            Undefined: By default: not every condition has a classifier.
        """
        raise Undefined("the model cannot tell labels: fit with --condition.classifier mlp")

    @abstractmethod
    def learn(self, y: Tensor) -> None:
        """Take the position, spread and frequencies of the training labels (N,), once, before step 0."""

    @abstractmethod
    def nothing(self, n: int) -> Tensor:
        """n missing labels (n,)."""

    @abstractmethod
    def draw(self, n: int) -> Tensor:
        """n labels (n,), as often as training saw them."""

    @abstractmethod
    def typical(self, most: int) -> Tensor:
        """At most so many different labels to show a model under, sorted: the usual ones."""

    @abstractmethod
    def between(self, a: Tensor, b: Tensor, share: Tensor) -> Tensor:
        """Labels on the way from a to b, at `share` in [0, 1] of it; shapes broadcast."""
