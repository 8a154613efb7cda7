"""A VAE trained on the importance-weighted bound with K = 5."""

from ..core.event import Event
from .base import Choice, recipe, spec, variational


@recipe
def iwae(event: Event) -> Choice:
    """A VAE trained on the importance-weighted bound with K = 5: a tighter bound, a freer posterior.

    Reference:
        Burda, Grosse and Salakhutdinov (2016), Importance weighted autoencoders. https://arxiv.org/abs/1509.00519
    """
    return variational(event, objective=spec("iwae", samples=5))
