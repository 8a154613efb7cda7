"""R1: the critic is to be flat where the data is."""

from torch import Tensor

from ..core.errors import require
from .base import Penalty, Score, slope


class R1(Penalty):
    r"""weight / 2 * |d score / dx|^2 at real examples.

    With it, training converges locally where it otherwise circles: once the data is matched, the critic has nothing
    left to push with.

    Reference:
        Mescheder, Geiger and Nowozin (2018), Which training methods for GANs do actually converge?
        https://arxiv.org/abs/1801.04406

    Arguments:
        weight: gamma >= 0; in units of the data squared, because the slope is per unit of the data.

    Example:
        >>> import torch
        >>> R1(weight=2.0)(lambda x: 3 * x[:, 0], torch.zeros(4, 2), torch.zeros(4, 2))
        tensor([9., 9., 9., 9.])
    """

    flat = True

    def __init__(self, weight: float = 1.0) -> None:
        super().__init__()
        require(weight >= 0, "`weight` must be at least 0", weight, "Pass weight=1.0.")
        self.weight = weight

    def forward(self, score: Score, real: Tensor, fake: Tensor) -> Tensor:
        return self.weight / 2 * slope(score, real).square().sum(1)
