"""What a latent model is told about an example: its label, given or inferred."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor
from torch.distributions import Categorical, Distribution

from ..core.errors import DataError, Undefined
from ..core.shapes import full, missing
from .parts import Parts


class Told(Parts, ABC):
    """The half of the latent model that deals with labels y (B,), missing ones included, and what the encoder makes of
    them."""

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

    def infer(self, x: Tensor) -> Categorical:
        """q(y | x) of x (B, *E): batch (B,).

        Raises:
            Undefined: If the model has no condition with a classifier.
        """
        if self.condition is None:
            raise Undefined("the model is told no labels: fit with --condition label --condition.classifier mlp")
        classifier = self.condition.classifier
        if classifier is not None and self.event.missing:
            x = classifier.filled(x)
        return self.condition.infer(x)

    def known(self, x: Tensor, y: Tensor | None) -> Tensor | None:
        """Labels (B,) as they are, but the most probable class where one is missing and the model can tell."""
        if self.condition is None or self.condition.classifier is None:
            return y
        with torch.no_grad():
            best: Tensor = self.infer(x).logits.argmax(-1)
        return best if y is None else torch.where(missing(y), best, y)

    @abstractmethod
    def encode(self, x: Tensor, y: Tensor | None = None) -> Distribution:
        """q(z | x), or q(z | x, y): batch (B,), event L."""

    def features(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """Encoder features of x (B, *E), (B, *posterior.features)."""
        return self.features_under(x, self.known(x, y))

    def features_under(self, x: Tensor, y: Tensor | None) -> Tensor:
        """The same where no label is to be inferred: the classifier is not asked."""
        if self.encoder is None:
            raise Undefined("this model only generates: it has no encoder")
        x = self.encoder.filled(x) if self.event.missing else x
        return full(self.encoder(x, self.context(y)))
