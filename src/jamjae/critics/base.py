"""Critics: who tells real examples from made ones. Examples x `(*s, B, *inputs)` to scores `(*s, B / pack)`.

A high score means "real". What a critic judges may be data or codes; `inputs` is the shape of one of them.
"""

from abc import ABC, abstractmethod

from torch import Tensor

from ..core.component import Component
from ..core.errors import Undefined, require
from ..core.shapes import Shape


class Critic(Component, ABC):
    """Base of the critics.

    `pack`: how many examples share one score. `group`: batch sizes are multiples of it.
    """

    inputs: Shape
    context: int
    pack: int = 1

    @property
    def group(self) -> int:
        """How many examples are judged together, at least."""
        return self.pack

    def forward(self, x: Tensor, context: Tensor | None = None, step: Tensor | None = None) -> Tensor:
        """Scores (*s, B / pack) of examples x (*s, B, *inputs) with context (B, C)."""
        return self.score(self.show(x, step), self.packed(context, 1))

    def show(self, x: Tensor, step: Tensor | None = None) -> Tensor:
        """What the critic is shown of x (*s, B, *inputs) at a step: packs (*s, B / pack, ..., pack * last axis)."""
        packs = self.packed(x, len(self.inputs))
        assert packs is not None
        return packs

    @abstractmethod
    def score(self, packs: Tensor, context: Tensor | None = None) -> Tensor:
        """Scores (*s, n) of what is shown, with context (n, pack * C)."""

    def packed(self, x: Tensor | None, axes: int) -> Tensor | None:
        """x, whose example has so many axes: each `pack` neighbours joined along the last one."""
        if x is None or self.pack == 1:
            return x
        at = x.ndim - axes - 1
        require(
            x.shape[at] % self.pack == 0,
            f"the batch must be a multiple of the critic's `pack`, {self.pack}",
            x.shape[at],
            f"Pass batch_size={max(1, x.shape[at] // self.pack) * self.pack}.",
        )
        apart = x.reshape(*x.shape[:at], -1, self.pack, *x.shape[at + 1 :])
        return apart.movedim(at + 1, -2).flatten(-2)

    def features(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """Features (*s, B, F) in which alike examples are near each other.

        Raises:
            Undefined: By default: not every critic has them.
        """
        raise Undefined(f"the critic `{self.name()}` has no features. Use --objective.critic similarity.")

    def after(self) -> None:
        """Called after the critic's optimiser step, without gradient. Default: nothing."""
