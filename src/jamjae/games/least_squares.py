"""Least squares: regression instead of classification."""

from torch import Tensor

from .base import Game


class LeastSquares(Game):
    r"""The critic is to score real examples 1 and made ones 0, the generator wants 1; half the squared errors.

        critic:     E_real[(s - 1)^2] / 2 + E_made[s^2] / 2
        generator:  E_made[(s - 1)^2] / 2

    Unlike the cross-entropy it also pulls at examples that are far on the right side. Equilibrium: 1/8 + 1/8 and 1/8.

    Reference:
        Mao et al. (2017), Least squares generative adversarial networks. https://arxiv.org/abs/1611.04076

    Example:
        >>> LeastSquares().equilibrium()
        {'real': 0.125, 'fake': 0.125, 'fooling': 0.125}
    """

    @property
    def boundary(self) -> float:
        return 0.5

    def critic(self, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        return (real - 1).square() / 2, fake.square() / 2

    def generator(self, fake: Tensor) -> Tensor:
        return (fake - 1).square() / 2
