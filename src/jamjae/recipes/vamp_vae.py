"""A VAE whose prior is the mixture of its posteriors at learned pseudo-inputs."""

from ..core.event import Event
from .base import Choice, recipe, spec, variational


@recipe
def vamp_vae(event: Event) -> Choice:
    """A VAE whose prior is the mixture of its own posteriors at 500 learned pseudo-inputs.

    Reference:
        Tomczak and Welling (2018), VAE with a VampPrior. https://arxiv.org/abs/1705.07120
    """
    return variational(event, prior=spec("vamp", components=500))
