"""The loss of a plain autoencoder."""

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from .base import Batch, Objective, Terms


class Reconstruction(Objective):
    r"""-log p(x | z) at z = the encoder's code: squared error, cross-entropy, ... by choice of the likelihood, in nats
    per example.

    The prior takes no part in it: it is fitted to the codes once, by maximum likelihood, after the last step, so that
    the autoencoder can sample; its weights are the same with or without it.

    Reference:
        Hinton and Salakhutdinov (2006), Reducing the dimensionality of data with neural networks.
        https://doi.org/10.1126/science.1127647

    Example:
        >>> Reconstruction().spec()
        {'name': 'reconstruction'}
    """

    def players(self, model: Any) -> dict[str, nn.Module]:
        return {"model": nn.ModuleList([model.encoder, model.posterior, model.decoder, model.likelihood])}

    def terms(self, player: str, model: Any, batch: Batch, step: Tensor) -> Terms:
        q = model.encode(batch.x, batch.y)
        p = model.decode(q.rsample(), batch.y)
        return Terms(distortion=-p.log_prob(batch.target), state=model.statistics(batch.target, q, p))

    def finish(self, model: Any, codes: Callable[[], Tensor]) -> None:
        model.prior.fit_to(codes())
