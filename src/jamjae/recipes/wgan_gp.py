"""A GAN that estimates a Wasserstein distance under a gradient penalty."""

from dataclasses import replace

from ..core.event import Event
from .base import Choice, generative, grey, spec


@grey
def wgan_gp(event: Event) -> Choice:
    """A GAN whose critic, held at slope 1 by a penalty, estimates a Wasserstein distance.

    Reference:
        Gulrajani et al. (2017), Improved training of Wasserstein GANs. https://arxiv.org/abs/1704.00028
    """
    choice = generative(event, game=spec("wasserstein"), penalty=spec("gradient-penalty"), critic_steps=5)
    return replace(choice, fit={"lr": 1e-4, "optimiser.betas": "0,0.9"}, steps=20_000)
