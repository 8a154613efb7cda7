"""Objectives: what training minimises. Each maps (player, model, batch, step) to named per-example terms in nats.

An objective never touches an optimiser, never toggles gradients and keeps no memory between steps.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from ...core.component import Component


@dataclass
class Batch:
    """One step's examples x (B, *E), their labels y (B,) or None, and how many the training split has in all."""

    x: Tensor
    y: Tensor | None
    total: int


class Terms:
    """Named per-example values: `loss` is the sum of the means of the parts, by construction.

    Arguments:
        log: Shown beside the parts, not added to the loss.
        state: Handed to `Objective.after`, without gradient.
        parts: Tensors (B,), in nats per example where they are nats.

    Example:
        >>> Terms(distortion=torch.tensor([1.0, 3.0]), rate=torch.tensor([0.5, 0.5])).loss.item()
        2.5
    """

    def __init__(
        self, log: dict[str, Tensor] | None = None, state: dict[str, Any] | None = None, **parts: Tensor
    ) -> None:
        self.parts, self.logged, self.state = parts, log or {}, state or {}

    @property
    def loss(self) -> Tensor:
        """Scalar: what is minimised."""
        return torch.stack([part.mean() for part in self.parts.values()]).sum()


class Objective(Component, ABC):
    """Base of the objectives.

    `bound`, of the class or the instance: what the value says about -log p(x) in `eval()` mode: "exact", "lower" (the
    negative value is a lower bound on log p(x)) or None. `separable`: whether the value of an example is the same in
    every batch. `group`: how many examples are judged together, where it is not one by one. `labelled`: share of every
    batch that is kept for examples with a label.
    """

    bound: Literal["exact", "lower"] | None = None
    separable: bool = True
    labelled: float = 0.0

    @property
    def group(self) -> int:
        """Batch sizes are multiples of it; a part has a value per example, or one for several of a group."""
        return 1

    def players(self, model: Any) -> dict[str, nn.Module]:
        """Who takes turns, and which parameters each may change."""
        return {"model": model}

    def turns(self, step: int) -> tuple[str, ...] | None:
        """Which players move at this step; None for everyone."""
        return None

    @abstractmethod
    def terms(self, player: str, model: Any, batch: Batch, step: Tensor) -> Terms:
        """The player's loss on the batch; `step` is a 0-d tensor. Pure."""

    def after(self, player: str, model: Any, state: dict[str, Any]) -> None:
        """Called after the player's optimiser step, without gradient."""
        if state:
            model.update(state)

    def equilibrium(self) -> dict[str, float]:
        """What terms are worth where a game ends, by their names in the log. Default: nothing is played."""
        return {}

    def finish(self, model: Any, codes: Callable[[], Tensor]) -> None:
        """Called once after the last step; `codes()` encodes the training data. Default: nothing."""
