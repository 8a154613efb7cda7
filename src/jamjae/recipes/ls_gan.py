"""A GAN whose critic regresses."""

from ..core.event import Event
from .base import Choice, generative, grey, spec


@grey
def ls_gan(event: Event) -> Choice:
    """A GAN whose critic regresses on 0 and 1 instead of classifying: it pulls at far examples, too.

    Reference:
        Mao et al. (2017), Least squares generative adversarial networks. https://arxiv.org/abs/1611.04076
    """
    return generative(event, game=spec("least-squares"))
