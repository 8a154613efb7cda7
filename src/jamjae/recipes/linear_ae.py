"""An autoencoder of two matrices."""

from ..core.event import Event
from .base import Choice, grey, spec, variational


@grey
def linear_ae(event: Event) -> Choice:
    """An autoencoder without activations: at its optimum it is principal component analysis.

    The optimum is known in closed form, so it shows how far training is from it: `evaluate` prints the error of the
    principal components beside its own.

    Reference:
        Baldi and Hornik (1989), Neural networks and principal component analysis.
        https://doi.org/10.1016/0893-6080(89)90014-2
    """
    return variational(
        event,
        decoder=spec("mlp", widths=()),
        likelihood=spec("gaussian"),
        encoder=spec("mlp", widths=()),
        posterior=spec("delta"),
        objective=spec("reconstruction"),
        prior=spec("mixture"),
        fit={"lr": 5e-3, "lr_schedule": "linear"},
    )
