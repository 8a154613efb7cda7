"""A GAN with a margin, a critic of bounded slope and unequal learning rates."""

from dataclasses import replace

from ..core.event import Event
from .base import Choice, generative, grey, spec


@grey
def hinge_gan(event: Event) -> Choice:
    """A GAN with the hinge loss and a spectrally normalised critic that learns four times as fast as the generator.

    Reference:
        Lim and Ye (2017), Geometric GAN. https://arxiv.org/abs/1705.02894;
        Miyato et al. (2018), Spectral normalization for generative adversarial networks.
        https://arxiv.org/abs/1802.05957;
        Heusel et al. (2017), GANs trained by a two time-scale update rule converge to a local Nash equilibrium.
        https://arxiv.org/abs/1706.08500;
        Zhang et al. (2019), Self-attention generative adversarial networks. https://arxiv.org/abs/1805.08318
    """
    choice = generative(event, game=spec("hinge"), critic={"spectral_norm": True})
    return replace(choice, fit={"lr": 1e-4, "lr.critic": 4e-4, "optimiser.betas": "0,0.9"})
