"""A VAE whose code is bits."""

from ..core.event import Event
from .base import Choice, default_latent, recipe, spec, variational


@recipe
def bernoulli_vae(event: Event) -> Choice:
    """A VAE whose code is bits: relaxed while training, exact afterwards; four bits for every axis of another VAE.

    Reference:
        Maddison, Mnih and Teh (2017), The concrete distribution. https://arxiv.org/abs/1611.00712
    """
    (axes,) = default_latent(event)
    return variational(
        event,
        prior=spec("bernoulli", learned=True),
        posterior=spec("bernoulli"),
        latent=(4 * axes,),
    )
