"""One turn of one player: what autocast, `torch.compile` and data parallelism wrap."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from ..models.latent import LatentModel
from ..objectives.base import Batch, Objective, Terms


class Turn(nn.Module):
    """Model and objective together; its state dict is everything that learns."""

    def __init__(self, model: LatentModel, objective: Objective, precision: str = "float32") -> None:
        super().__init__()
        self.model, self.objective, self.precision = model, objective, precision

    def forward(self, player: str, batch: Batch, step: Tensor) -> Terms:
        with torch.autocast(batch.x.device.type, torch.bfloat16, enabled=self.precision == "bf16"):
            return self.objective.terms(player, self.model, batch, step)


def others(mine: nn.Module, everyone: nn.Module) -> list[nn.Parameter]:
    """The parameters that stay as they are on this player's turn."""
    own = {id(p) for p in mine.parameters()}
    return [p for p in everyone.parameters() if id(p) not in own and p.requires_grad]


@contextmanager
def frozen(parameters: list[nn.Parameter]) -> Iterator[None]:
    """Without gradient inside the block; objectives never toggle gradients themselves."""
    for p in parameters:
        p.requires_grad_(False)
    try:
        yield
    finally:
        for p in parameters:
            p.requires_grad_(True)
