"""No schedule."""

import torch
from torch import Tensor

from .base import Schedule


class Constant(Schedule):
    """The factor 1 at every step.

    Example:
        >>> Constant()(torch.tensor(7)).item()
        1.0
    """

    def forward(self, step: Tensor) -> Tensor:
        return torch.ones((), device=step.device)
