"""Wasserstein: the critic measures a distance."""

from torch import Tensor

from .base import Game


class Wasserstein(Game):
    r"""The critic raises the scores of real examples and lowers those of made ones; the generator does the reverse.

        critic:     E_made[s] - E_real[s]
        generator:  E_made[-s]

    Over critics of slope at most 1 the best value is minus the Wasserstein-1 distance, in the unit of the data (or of
    the codes, where those are judged): it needs a penalty that limits the slope. Scores have no origin, so there is no
    accuracy, and only the sum of the critic's two costs has an equilibrium: 0.

    Reference:
        Arjovsky, Chintala and Bottou (2017), Wasserstein GAN. https://arxiv.org/abs/1701.07875

    Example:
        >>> Wasserstein().boundary is None
        True
    """

    @property
    def boundary(self) -> None:
        return None

    def critic(self, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        return -real, fake

    def generator(self, fake: Tensor) -> Tensor:
        return -fake
