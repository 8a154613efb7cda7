"""Density ratio: the generator pays the logarithm of how much likelier its work is made than real."""

from torch import Tensor

from .base import Classification


class DensityRatio(Classification):
    r"""The critic classifies, and the generator pays its score: E_made[log (1 - D) / D], in nats.

    Against the optimal critic this is KL(made || real), because D / (1 - D) is the ratio of the two densities.
    Equilibrium: ln 2 + ln 2 and 0.

    Reference:
        Sønderby et al. (2017), Amortised MAP inference for image super-resolution. https://arxiv.org/abs/1610.04490;
        Kim and Mnih (2018), Disentangling by factorising. https://arxiv.org/abs/1802.05983

    Example:
        >>> DensityRatio().equilibrium()["fooling"]
        0.0
    """

    def generator(self, fake: Tensor) -> Tensor:
        return -fake
