"""A VAE whose prior is a normalizing flow."""

from ..core.event import Event
from .base import Choice, recipe, spec, variational


@recipe
def flow_vae(event: Event) -> Choice:
    """A VAE whose prior is a normalizing flow: a learned density of any shape.

    Reference:
        Chen et al. (2017), Variational lossy autoencoder. https://arxiv.org/abs/1611.02731;
        Durkan, Bekasov, Murray and Papamakarios (2019), Neural spline flows. https://arxiv.org/abs/1906.04032
    """
    return variational(event, prior=spec("flow"))
