"""An autoencoder with many axes of which few are active at a time."""

from ..core.event import Event
from .base import Choice, recipe, spec, variational


@recipe
def sparse_ae(event: Event) -> Choice:
    """An autoencoder with up to 64 axes, each of which is to be active for one example in twenty.

    Reference:
        Ng (2011), Sparse autoencoder, CS294A lecture notes. https://web.stanford.edu/class/cs294a/sparseAutoencoder.pdf
    """
    return variational(
        event,
        posterior=spec("delta"),
        objective=spec("reconstruction", regulariser=spec("sparse")),
        prior=spec("mixture"),
        latent=(min(64, 2 * event.cells),),
    )
