"""A VAE whose rate is held at a number of nats that grows from 0 to 25."""

from ..core.event import Event
from .base import Choice, recipe, spec, variational


@recipe
def capacity_vae(event: Event) -> Choice:
    """A VAE whose rate is held at a number of nats that grows from 0 to 25: axes join one after the other.

    Reference:
        Burgess et al. (2018), Understanding disentangling in beta-VAE. https://arxiv.org/abs/1804.03599
    """
    slowly = spec("linear", steps=2000)
    return variational(event, objective=spec("controlled-capacity", capacity=25.0, schedule=slowly))
