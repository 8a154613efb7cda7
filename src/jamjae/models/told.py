"""What a latent model is told about an example: its label, given or inferred."""

from abc import ABC

import torch
from torch import Tensor
from torch.distributions import Distribution

from ..core.errors import DataError, Undefined
from ..core.shapes import missing
from ..networks.base import Network
from .parts import Parts


class Told(Parts, ABC):
    """The half of the latent model that deals with labels y (B,), missing ones included."""

    def context(self, y: Tensor | None) -> Tensor | None:
        """What the parts are told about labels y (B,): (B, C); None without a condition.

        Raises:
            DataError: If the model needs labels and there are none.
        """
        if self.condition is None:
            return None
        if y is None:
            raise DataError("this model is conditional: pass labels `y`, one per example (-1 where unknown)")
        c: Tensor = self.condition(y)
        return c

    def infer(self, x: Tensor) -> Distribution:
        """q(y | x) of x (B, *E): batch (B,).

        Raises:
            Undefined: If the model has no condition with a classifier.
        """
        if self.condition is None:
            raise Undefined("the model is told no labels: fit with --condition label --condition.classifier mlp")
        classifier = self.condition.classifier
        return self.condition.infer(x if classifier is None else self.filled(classifier, x))

    def known(self, x: Tensor, y: Tensor | None) -> Tensor | None:
        """Labels (B,) as they are, but the most probable class where one is missing and the model can tell."""
        if self.condition is None or self.condition.classifier is None:
            return y
        with torch.no_grad():
            best = self.infer(x).logits.argmax(-1)
        return best if y is None else torch.where(missing(y), best, y)

    def filled(self, network: Network, x: Tensor) -> Tensor:
        """x as a network takes it: a missing cell at its column's mean."""
        return torch.where(missing(x), network.shift, x) if self.event.missing else x
