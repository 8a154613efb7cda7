"""A VAE whose prior is a mixture of M Gaussians with learned means and scales."""

from ..core.event import Event
from .base import Choice, recipe, spec, variational


@recipe
def gm_vae(event: Event) -> Choice:
    """A VAE whose prior is a mixture of M Gaussians with learned means and scales.

    Reference:
        Dilokthanakul et al. (2016), Deep unsupervised clustering with Gaussian mixture variational autoencoders.
        https://arxiv.org/abs/1611.02648
    """
    return variational(event, prior=spec("mixture", components=10))
