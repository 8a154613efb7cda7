"""Hinge: the critic only cares about scores within the margin."""

from torch import Tensor
from torch.nn.functional import relu

from .base import Game


class Hinge(Game):
    r"""A critic with a margin, as in a support vector machine; the generator raises its score.

        critic:     E_real[max(0, 1 - s)] + E_made[max(0, 1 + s)]
        generator:  E_made[-s]

    Equilibrium: 2 in sum (every score in [-1, 1] is optimal) and, at the score 0, 0.

    Reference:
        Lim and Ye (2017), Geometric GAN. https://arxiv.org/abs/1705.02894;
        Miyato et al. (2018), Spectral normalization for generative adversarial networks.
        https://arxiv.org/abs/1802.05957

    Example:
        >>> found = Hinge().equilibrium()
        >>> found["real"] + found["fake"]
        2.0
    """

    @property
    def boundary(self) -> float:
        return 0.0

    def critic(self, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        return relu(1 - real), relu(1 + fake)

    def generator(self, fake: Tensor) -> Tensor:
        return -fake
