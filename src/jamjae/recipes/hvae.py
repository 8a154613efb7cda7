"""A VAE with two stochastic layers."""

from ..core.event import Event
from .base import Choice, default_latent, recipe, spec, variational


@recipe
def hvae(event: Event) -> Choice:
    """A VAE with two stochastic layers, trained on the importance-weighted bound with K = 5.

    The lower layer has as many axes as the code of another VAE, the upper one half as many. The paper's sizes for MNIST
    are latent=150 with 100 axes below: prior.first=100, posterior.first=100, decoder.first=100 (the default split).

    Reference:
        Burda, Grosse and Salakhutdinov (2016), Importance weighted autoencoders, section 5.
        https://arxiv.org/abs/1509.00519
    """
    (axes,) = default_latent(event)
    return variational(
        event,
        prior=spec("layered"),
        decoder=spec("partial"),
        posterior=spec("layered"),
        objective=spec("iwae", samples=5),
        latent=(axes + axes // 2,),
    )
