"""A VAE that measures distance by what a critic looks at."""

from ..core.event import Event
from .base import Choice, grey, spec, suited, variational


@grey
def vae_gan(event: Event) -> Choice:
    """A VAE that measures distance by the features of a critic instead of by pixels, and has to fool it, too.

    Reference:
        Larsen et al. (2016), Autoencoding beyond pixels using a learned similarity metric.
        https://arxiv.org/abs/1512.09300
    """
    critic = spec("similarity", network={**suited(event), "activation": "leaky-relu"})
    return variational(
        event,
        encoder=suited(event),
        decoder=suited(event),
        likelihood=spec("point"),
        objective=spec("vae-gan", critic=critic),
        fit={"lr": 3e-4, "optimiser.betas": "0.5,0.999"},
        steps=10_000,
    )
