"""A VAE with half the rate, whose codes as a whole follow the prior."""

from ..core.event import Event
from .base import Choice, recipe, spec, variational


@recipe
def info_vae(event: Event) -> Choice:
    """A VAE with half the rate, and an MMD between all codes and the prior: codes that say more about their example.

    Reference:
        Zhao, Song and Ermon (2019), InfoVAE: balancing learning and inference in variational autoencoders.
        https://arxiv.org/abs/1706.02262
    """
    return variational(event, objective=spec("mmd", beta=0.5))
