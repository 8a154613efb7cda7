"""A variational autoencoder."""

from ..core.event import Event
from .base import Choice, recipe, variational


@recipe
def vae(event: Event) -> Choice:
    """A variational autoencoder: a Gaussian code per example, pulled towards N(0, I) by the KL.

    Reference:
        Kingma and Welling (2014), Auto-encoding variational Bayes. https://arxiv.org/abs/1312.6114
    """
    return variational(event)
