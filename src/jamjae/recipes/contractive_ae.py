"""An autoencoder whose code hardly moves when the example moves a little."""

from ..core.event import Event
from .base import Choice, recipe, spec, variational


@recipe
def contractive_ae(event: Event) -> Choice:
    """An autoencoder that pays for the slope of its encoder: the code keeps only what the reconstruction needs.

    Weight decay keeps the decoder from growing to make up for codes that shrink.

    Reference:
        Rifai et al. (2011), Contractive auto-encoders. https://icml.cc/2011/papers/455_icmlpaper.pdf
    """
    return variational(
        event,
        encoder=spec("mlp", activation="tanh"),
        posterior=spec("delta"),
        objective=spec("reconstruction", regulariser=spec("contractive")),
        prior=spec("mixture"),
        fit={"optimiser": "AdamW", "optimiser.weight_decay": "0.01"},
    )
