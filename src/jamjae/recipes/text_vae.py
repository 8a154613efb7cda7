"""A VAE of sentences that does not forget its code."""

from ..core.errors import require
from ..core.event import Event
from .base import Choice, natural, recipe, spec, variational


@recipe
def text_vae(event: Event) -> Choice:
    """A VAE of sentences whose decoder is kept from describing them without the code.

    A decoder that reads the words before each place needs no code at first, and then never learns to use one. So words
    are hidden from it while training, the weight of the rate rises slowly, and every axis has an allowance.

    Reference:
        Bowman et al. (2016), Generating sentences from a continuous space. https://arxiv.org/abs/1511.06349
    """
    require(event.kind == "text", "text-vae needs text", event.kind, "Pass a .txt file, or use `fit vae`.")
    return variational(
        event,
        likelihood={**natural(event), "word_dropout": 0.3},
        objective=spec("elbo", schedule=spec("linear", steps=1000), free_bits=0.25),
        latent=(32,),
        fit={"lr": 2e-3, "lr_schedule": "cosine", "clip": 5.0},
    )
