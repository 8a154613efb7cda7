"""Minimax: the original zero-sum game."""

from torch import Tensor
from torch.nn.functional import softplus

from .base import Classification


class Minimax(Classification):
    r"""The critic classifies, and the generator minimises what the critic maximises: E_made[log(1 - D)], in nats.

    Against the optimal critic this is the Jensen-Shannon divergence: 2 ln 2 - 2 JSD is the critic's cost. Its gradient
    vanishes where the critic is sure, so training prefers `non-saturating`. Equilibrium: ln 2 + ln 2 and -ln 2.

    Reference:
        Goodfellow et al. (2014), Generative adversarial networks. https://arxiv.org/abs/1406.2661

    Arguments:
        smoothing: Share of the real examples that is labelled as made (one-sided label smoothing), in [0, 0.5).

    Example:
        >>> import math
        >>> Minimax().equilibrium()["fooling"] == -math.log(2)
        True
    """

    def __init__(self, smoothing: float = 0.0) -> None:
        super().__init__()
        self.prepare(smoothing)

    def generator(self, fake: Tensor) -> Tensor:
        return -softplus(fake)
