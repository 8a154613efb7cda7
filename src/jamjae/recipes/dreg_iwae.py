"""A VAE trained on the importance-weighted bound with K = 5 and the doubly reparametrised gradient."""

from ..core.event import Event
from .base import Choice, recipe, spec, variational


@recipe
def dreg_iwae(event: Event) -> Choice:
    """A VAE trained on the importance-weighted bound with K = 5 and a gradient for the encoder with less noise.

    Reference:
        Tucker et al. (2019), Doubly reparameterized gradient estimators for Monte Carlo objectives.
        https://arxiv.org/abs/1810.04152
    """
    return variational(event, objective=spec("dreg", samples=5))
