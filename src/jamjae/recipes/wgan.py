"""A GAN that estimates a Wasserstein distance with clipped weights."""

from dataclasses import replace

from ..core.event import Event
from .base import Choice, generative, grey, spec


@grey
def wgan(event: Event) -> Choice:
    """A GAN whose critic, its weights clipped so that its slope is bounded, estimates a Wasserstein distance.

    Reference:
        Arjovsky, Chintala and Bottou (2017), Wasserstein GAN. https://arxiv.org/abs/1701.07875
    """
    choice = generative(event, game=spec("wasserstein"), penalty=spec("clip"), critic_steps=5)
    return replace(choice, fit={"optimiser": "RMSprop", "lr": 5e-5}, steps=20_000)
