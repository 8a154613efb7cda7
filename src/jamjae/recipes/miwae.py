"""An importance-weighted autoencoder for data with gaps."""

from ..core.event import Event
from .base import Choice, recipe, spec, variational


@recipe
def miwae(event: Event) -> Choice:
    """An importance-weighted autoencoder for data with gaps, to fill them in with `impute`.

    The bound is that of the observed cells, with K = 5. Where cells may be missing, the encoder is not shown three in
    ten of those that are there, others at every step: so it copes with gaps that the training data does not have. The
    decoder says of every number how well it knows it.

    Reference:
        Mattei and Frellsen (2019), MIWAE: deep generative modelling and imputation of incomplete data sets.
        https://arxiv.org/abs/1812.02633
    """
    hidden = {"corruption": spec("masking", share=0.3)} if event.missing else {}
    return variational(event, objective=spec("iwae", samples=5, **hidden))
