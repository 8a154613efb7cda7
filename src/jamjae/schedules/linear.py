"""Linear warm-up."""

from torch import Tensor

from ..core.errors import require
from .base import Schedule


class Linear(Schedule):
    r"""Rises from 0 to 1 over `steps`, then stays: min(step / steps, 1).

    Reference:
        Bowman et al. (2016), Generating sentences from a continuous space. https://arxiv.org/abs/1511.06349

    Arguments:
        steps: Length of the rise in steps (batches), at least 1.

    Example:
        >>> import torch
        >>> [Linear(10)(torch.tensor(t)).item() for t in (0, 5, 20)]
        [0.0, 0.5, 1.0]
    """

    def __init__(self, steps: int = 1000) -> None:
        super().__init__()
        require(steps >= 1, "`steps` must be at least 1", steps, "Leave the schedule out for no warm-up.")
        self.steps = steps

    def forward(self, step: Tensor) -> Tensor:
        return (step / self.steps).clamp(max=1.0)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(1)
