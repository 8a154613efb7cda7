"""Sums of the named terms since the last row of metrics, kept in float64 and saved with every checkpoint."""

import torch
from torch import Tensor

Names = dict[str, tuple[list[str], list[str]]]


class Ledger:
    """Means per player of the loss, its parts, what is logged beside them, and the norm of the gradient."""

    def __init__(self) -> None:
        self.sums: dict[str, Tensor] = {}
        self.counts: dict[str, int] = {}

    def add(self, player: str, values: Tensor, norm: Tensor) -> None:
        """Add one step: the means of the terms, parts first, and the norm."""
        if player not in self.sums:
            self.sums[player] = torch.zeros(len(values) + 1, dtype=torch.float64, device=values.device)
            self.counts[player] = 0
        self.sums[player][:-1] += values
        self.sums[player][-1] += norm
        self.counts[player] += 1

    def means(self, names: Names) -> dict[str, float]:
        """Means by name, with the player's name unless it is "model". `loss` is exactly the sum of the parts."""
        found: dict[str, float] = {}
        for player, sums in self.sums.items():
            parts, logged = names[player]
            values = (sums / self.counts[player]).tolist()
            named = dict(zip([*parts, *logged, "gradient_norm"], values, strict=True))
            found |= prefixed(player, {"loss": sum(values[: len(parts)]), **named})
        return found

    def clear(self) -> None:
        """Begin the next row."""
        self.sums, self.counts = {}, {}


def prefixed(player: str, values: dict[str, float]) -> dict[str, float]:
    """Names as they stand in metrics.jsonl.

    Example:
        >>> prefixed("model", {"loss": 1.0}), prefixed("critic", {"loss": 1.0})
        ({'loss': 1.0}, {'critic.loss': 1.0})
    """
    return values if player == "model" else {f"{player}.{k}": v for k, v in values.items()}
