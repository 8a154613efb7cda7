"""A VAE whose rate weighs the total correlation of the axes 6-fold."""

from ..core.event import Event
from .base import Choice, recipe, spec, variational


@recipe
def beta_tc_vae(event: Event) -> Choice:
    """A VAE whose rate weighs the total correlation of the axes 6-fold: axes that vary independently of each other.

    Reference:
        Chen et al. (2018), Isolating sources of disentanglement in variational autoencoders.
        https://arxiv.org/abs/1802.04942
    """
    return variational(event, objective=spec("total-correlation", beta=6.0))
