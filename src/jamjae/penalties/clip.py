"""Clip: the critic's weights stay in a box."""

import torch
from torch import Tensor, nn

from ..core.errors import require
from .base import Penalty, Score


class Clip(Penalty):
    r"""Every weight is put back into [-limit, limit] after every step of the critic; no cost.

    It bounds the slope, by a number that depends on the network, so that a Wasserstein distance is known up to a factor
    only. Published with the remark that it is a terrible way; `gradient-penalty` is the better one.

    Reference:
        Arjovsky, Chintala and Bottou (2017), Wasserstein GAN. https://arxiv.org/abs/1701.07875

    Arguments:
        limit: Largest absolute value of a weight, > 0.

    Example:
        >>> layer = nn.Linear(3, 1)
        >>> with torch.no_grad():
        ...     Clip(limit=0.01).after(layer)
        >>> bool(layer.weight.abs().max() <= 0.01)
        True
    """

    def __init__(self, limit: float = 0.01) -> None:
        super().__init__()
        require(limit > 0, "`limit` must be positive", limit, "Pass limit=0.01.")
        self.limit = limit

    def forward(self, score: Score, real: Tensor, fake: Tensor) -> None:
        return None

    def after(self, critic: nn.Module) -> None:
        weights: list[Tensor] = list(critic.parameters())
        torch._foreach_clamp_min_(weights, -self.limit)
        torch._foreach_clamp_max_(weights, self.limit)
