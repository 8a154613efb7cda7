"""Penalties: what keeps a critic from becoming too sure: a cost of its slope, or a limit on its weights.

Slopes come from `torch.func`, so that they nest inside any other derivative and can be compiled.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable

import torch
from torch import Tensor, nn

from ..core.component import Component

Score = Callable[[Tensor], Tensor]  # what the critic is shown (n, *packed) to scores (n,)


class Penalty(Component, ABC):
    """Base of the penalties.

    Class attribute: `flat`, whether a critic that scores everything alike costs nothing; then the equilibrium of a
    game is the same with the penalty and without it.
    """

    flat: bool = False

    @abstractmethod
    def forward(self, score: Score, real: Tensor, fake: Tensor) -> Tensor | None:
        """The critic's additional cost (n,), from its scores and what it is shown, (n, *packed) each; None for none."""

    def after(self, critic: nn.Module) -> None:
        """Change the critic's weights after its optimiser step, without gradient. Default: nothing."""


def slope(score: Score, x: Tensor) -> Tensor:
    """d score / dx at every row of x (n, *packed), flattened to (n, d)."""
    found: Tensor = torch.func.grad(lambda rows: score(rows).sum())(x)
    return found.flatten(1)
