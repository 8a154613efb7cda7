"""A VAE whose KL weighs beta = 4."""

from ..core.event import Event
from .base import Choice, recipe, spec, variational


@recipe
def beta_vae(event: Event) -> Choice:
    """A VAE whose KL weighs beta = 4: fewer axes in use for a worse reconstruction.

    Reference:
        Higgins et al. (2017), beta-VAE: learning basic visual concepts with a constrained variational framework.
        https://openreview.net/forum?id=Sy2fzU9gl
    """
    return variational(event, objective=spec("elbo", beta=4.0))
