"""An autoencoder whose codes as a whole follow the prior."""

from ..core.event import Event
from .base import Choice, recipe, spec, variational


@recipe
def wae(event: Event) -> Choice:
    """A Wasserstein autoencoder: a point per example, and all points together follow N(0, I), so that it samples.

    Reference:
        Tolstikhin et al. (2018), Wasserstein auto-encoders. https://arxiv.org/abs/1711.01558
    """
    return variational(event, posterior=spec("delta"), objective=spec("mmd", beta=0.0))
