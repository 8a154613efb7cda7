"""Schedules: a factor that changes with the step, for weights in an objective."""

from abc import ABC, abstractmethod

from torch import Tensor

from ..core.component import Component


class Schedule(Component, ABC):
    """Base of the schedules: `step`, a 0-d tensor that counts batches, to a 0-d tensor."""

    @abstractmethod
    def forward(self, step: Tensor) -> Tensor:
        """The factor at this step."""
