"""The loss of a plain autoencoder."""

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from ..core.catalogue import build
from ..core.event import Event
from ..corruptions.base import Corruption
from ..regularisers.base import Regulariser
from .base import Batch, Terms
from .base.objective import Objective


class Reconstruction(Objective):
    r"""-log p(x | z) at z = the encoder's code: squared error, cross-entropy, ... by choice of the likelihood, in nats
    per example.

    With a `corruption` the encoder sees a damaged example, and the distortion is that of the clean one. A `regulariser`
    adds its cost, under its own name.

    The prior takes no part in it: it learns the codes of clean examples by maximum likelihood, so that the autoencoder
    can sample; the autoencoder's weights are the same with or without it. A prior that has a direct fit (`mixture`) is
    fitted once, after the last step; another one (`flow`, `codes`) is a second player that takes a step on every batch
    of codes; its loss is what a code costs, in nats.

    Reference:
        Hinton and Salakhutdinov (2006), Reducing the dimensionality of data with neural networks.
        https://doi.org/10.1126/science.1127647;
        Vincent et al. (2008), Extracting and composing robust features with denoising autoencoders.
        https://doi.org/10.1145/1390156.1390294

    Arguments:
        corruption: What damages the encoder's input; None for nothing.
        regulariser: What codes cost; None for nothing.

    Example:
        >>> Reconstruction().spec()
        {'name': 'reconstruction', 'corruption': None, 'regulariser': None}
    """

    def __init__(self, corruption: Corruption | None = None, regulariser: Regulariser | None = None) -> None:
        super().__init__()
        self.corruption, self.regulariser = corruption, regulariser
        self.separable = regulariser is None or regulariser.separable

    def initialise(self, x: Tensor) -> None:
        if self.corruption is not None:
            self.corruption.initialise(x)

    def players(self, model: Any) -> dict[str, nn.Module]:
        if self.regulariser is not None:
            self.regulariser.check(model)
        own = nn.ModuleList([model.encoder, model.posterior, model.decoder, model.likelihood])
        learns = not model.prior.direct and any(True for _ in model.prior.parameters())
        return {"model": own, "prior": model.prior} if learns else {"model": own}

    def terms(self, player: str, model: Any, batch: Batch, step: Tensor) -> Terms:
        if player == "prior":
            z = model.encode(batch.x, batch.y).rsample()
            return Terms(codes=-model.latent(batch.y).log_prob(z.detach()))
        x = batch.x if self.corruption is None else self.corruption(batch.x)
        q = model.encode(x, batch.y)
        z = q.rsample()
        p = model.decode(z, batch.y)
        return Terms(
            distortion=-p.log_prob(batch.x),
            **self.costs(model, batch, q, z),
            log=model.posterior.logged(q),
            state=model.statistics(batch.x, q, p),
        )

    def costs(self, model: Any, batch: Batch, q: Any, z: Tensor) -> dict[str, Tensor]:
        """The regulariser's cost by its name, (B,)."""
        return {} if self.regulariser is None else {self.regulariser.name(): self.regulariser(model, batch, q, z)}

    def finish(self, model: Any, codes: Callable[[], Tensor]) -> None:
        if model.prior.direct:
            model.prior.fit_to(codes())

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        for corruption, regulariser in (("gaussian", "contractive"), ("masking", "l1"), ("salt-and-pepper", "sparse")):
            parts = {"corruption": corruption, "regulariser": regulariser}
            yield build(Objective, {"name": cls.name(), **parts}, event=Event((4,)))
