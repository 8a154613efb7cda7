"""A VAE whose posterior is an inverse autoregressive flow."""

from ..core.event import Event
from .base import Choice, recipe, spec, variational


@recipe
def iaf_vae(event: Event) -> Choice:
    """A VAE whose posterior is an inverse autoregressive flow: axes that depend on each other, in any shape.

    Reference:
        Kingma et al. (2016), Improved variational inference with inverse autoregressive flow.
        https://arxiv.org/abs/1606.04934
    """
    return variational(event, posterior=spec("flow"))
