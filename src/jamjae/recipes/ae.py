"""An autoencoder."""

from ..core.event import Event
from .base import Choice, recipe, spec, variational


@recipe
def ae(event: Event) -> Choice:
    """An autoencoder: compress x to a code and restore it; nothing shapes the codes.

    Reference:
        Hinton and Salakhutdinov (2006), Reducing the dimensionality of data with neural networks.
        https://doi.org/10.1126/science.1127647
    """
    return variational(
        event,
        posterior=spec("delta"),
        objective=spec("reconstruction"),
        prior=spec("mixture"),  # fitted to the codes afterwards, so that it can sample
    )
