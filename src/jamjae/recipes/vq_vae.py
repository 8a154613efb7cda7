"""An autoencoder whose codes are entries of a book, with a prior over their numbers."""

from ..core.event import Event
from .base import Choice, recipe, spec, variational


@recipe
def vq_vae(event: Event) -> Choice:
    """An autoencoder whose codes are entries of a learned book, with an autoregressive prior over their numbers.

    A picture becomes a grid of a quarter of its height and width. The length of a code under the prior is exact, so its
    distortion and its rate add up to a bound on log p(x), comparable with that of a VAE.

    Reference:
        Van den Oord, Vinyals and Kavukcuoglu (2017), Neural discrete representation learning.
        https://arxiv.org/abs/1711.00937
    """
    picture = event.kind == "image"
    networks = {"decoder": spec("grid"), "encoder": spec("grid")} if picture else {}
    return variational(
        event,
        prior=spec("codes"),
        **networks,
        posterior=spec("vq"),
        objective=spec("reconstruction", regulariser=spec("commitment")),
        latent=(-(-event.shape[0] // 4), -(-event.shape[1] // 4), 16) if picture else (4, 8),
    )
