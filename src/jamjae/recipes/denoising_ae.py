"""An autoencoder that restores what has been corrupted."""

import math

from ..core.event import Event
from .base import Choice, recipe, spec, variational


@recipe
def denoising_ae(event: Event) -> Choice:
    """An autoencoder that sees x with three cells in ten switched off (or noisy, or changed) and restores the clean x.

    Reference:
        Vincent et al. (2010), Stacked denoising autoencoders. https://jmlr.org/papers/v11/vincent10a.html
    """
    masked = event.missing or event.levels == 2 or (event.levels == 0 and math.isfinite(event.low))
    corruption = "masking" if masked else "salt-and-pepper" if event.levels else "gaussian"
    return variational(
        event,
        posterior=spec("delta"),
        objective=spec("reconstruction", corruption=spec(corruption)),
        prior=spec("mixture"),
    )
