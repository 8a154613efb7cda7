"""A VAE that pays for the dependence between the axes of its codes."""

from ..core.event import Event
from .base import Choice, recipe, spec, variational


@recipe
def factor_vae(event: Event) -> Choice:
    """A VAE that pays extra for the total correlation of its codes, which a critic estimates.

    Reference:
        Kim and Mnih (2018), Disentangling by factorising. https://arxiv.org/abs/1802.05983
    """
    critic = spec("discriminator", network=spec("mlp", widths=(200, 200, 200), activation="leaky-relu"))
    return variational(event, objective=spec("factor", critic=critic))
