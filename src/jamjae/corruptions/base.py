"""Corruptions: what an encoder is shown in place of an example x (B, *event)."""

from abc import ABC, abstractmethod

from torch import Tensor

from ..core.component import Component
from ..core.event import Event


class Corruption(Component, ABC):
    """Base of the corruptions. Draws come from torch's default generator; missing cells stay missing."""

    event: Event

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and the largest value of a cell, infinite where there is none."""
        return (0.0, self.event.levels - 1.0) if self.event.levels else (self.event.low, self.event.high)

    @abstractmethod
    def forward(self, x: Tensor) -> Tensor:
        """A damaged copy of examples x (B, *event)."""
