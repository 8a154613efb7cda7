"""A VAE on grey values whose Gaussian noise is fitted in closed form."""

from ..core.errors import require
from ..core.event import Event
from .base import Choice, grey, spec, variational


@grey
def sigma_vae(event: Event) -> Choice:
    """A VAE on grey values whose Gaussian noise is fitted in closed form: no weight between loss and KL to tune.

    Reference:
        Rybkin, Daniilidis and Levine (2021), Simple and effective VAE training with calibrated decoders.
        https://arxiv.org/abs/2006.13202
    """
    require(event.levels <= 2, "sigma-vae needs numbers", f"{event.levels} categories", "Use `fit vae`.")
    return variational(event, likelihood=spec("gaussian", variance="optimal"))
