"""A VAE of sentences that does not forget its code."""

from ..core.errors import require
from ..core.event import Event
from .base import Choice, recipe, spec, variational


@recipe
def text_vae(event: Event) -> Choice:
    """A VAE of sentences whose decoder is kept from describing them without the code.

    A decoder that reads the words before each place needs no code at first, and then never learns to use one. So words
    are hidden from it while training, the weight of the rate rises slowly, and every axis has an allowance. Any other
    row of categories can take the place of words, such as the pixels of a black and white picture.

    Reference:
        Bowman et al. (2016), Generating sentences from a continuous space. https://arxiv.org/abs/1511.06349
    """
    require(event.levels >= 2, "text-vae needs text, or categories", event.kind, "Pass a .txt file, or use `fit vae`.")
    return variational(
        event,
        likelihood=spec("autoregressive", word_dropout=0.3),
        objective=spec("elbo", schedule=spec("linear", steps=1000), free_bits=0.25),
        latent=(32,),
        fit={"lr": 2e-3, "lr_schedule": "cosine", "clip": 5.0},
    )
