"""An importance-weighted autoencoder for data with gaps."""

from ..core.errors import require
from ..core.event import Event
from .base import Choice, natural, reading, recipe, spec, variational


@recipe
def miwae(event: Event) -> Choice:
    """An importance-weighted autoencoder for data with gaps, to fill them in with `impute`.

    The bound is that of the observed cells, with K = 5. Where cells may be missing, the encoder is not shown three in
    ten of those that are there, others at every step: so it copes with gaps that the training data does not have. The
    columns of a vector have a deviation each.

    Reference:
        Mattei and Frellsen (2019), MIWAE: deep generative modelling and imputation of incomplete data sets.
        https://arxiv.org/abs/1812.02633
    """
    rule = "`miwae` fills gaps in vectors, tables and pictures of numbers"
    require(event.kind in ("vector", "table", "image"), rule, event.kind, "Use `iwae`; for text `text-vae`.")
    hidden = {"corruption": spec("masking", share=0.3)} if event.missing else {}
    numbers = event.kind != "table" and not event.levels
    units = {"widths": (128, 128), "activation": "silu"}
    return variational(
        event,
        likelihood=spec("gaussian", variance="dimension", floor=0.05) if numbers else natural(event),
        decoder=spec("mlp", **units, skip=True),
        encoder=reading(event, **units),
        objective=spec("iwae", samples=5, **hidden),
        latent=(min(20, max(2, event.cells // 2)),),
        fit={"lr": 2e-3, "lr_schedule": "cosine"},
    )
