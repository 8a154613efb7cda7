"""The importance-weighted bound."""

import math
from typing import Any

from torch import Tensor

from ..core.catalogue import build
from ..core.divergence import draw
from ..core.errors import require
from ..core.event import Event
from ..corruptions.base import Corruption
from .base import Batch, Objective, Terms


class IWAE(Objective):
    r"""The negative importance-weighted bound, in nats per example; tighter than the ELBO for samples > 1, equal to it
    at 1.

        L_K = log (1/K) sum_k p(x, z_k) / q(z_k | x),   z_k ~ q(z | x)

    The logged value is the bound itself. (Averaging log w with the normalised weights has the right gradient and the
    wrong value.) Of an example with gaps it is a bound on the density of the observed cells.

    With a `corruption` the encoder sees a damaged example, and the bound is that of the clean one under these codes: a
    bound still, and an encoder that copes with what is not there.

    Reference:
        Burda, Grosse and Salakhutdinov (2016), Importance weighted autoencoders. https://arxiv.org/abs/1509.00519;
        Mattei and Frellsen (2019), MIWAE: deep generative modelling and imputation of incomplete data sets.
        https://arxiv.org/abs/1812.02633

    Arguments:
        samples: K >= 1.
        corruption: What damages the encoder's input; None for nothing.

    Example:
        >>> IWAE(samples=50).spec()
        {'name': 'iwae', 'samples': 50, 'corruption': None}
    """

    bound = "lower"

    def __init__(self, samples: int = 5, corruption: Corruption | None = None) -> None:
        super().__init__()
        require(samples >= 1, "`samples` must be at least 1", samples, "Pass samples=1 for the ELBO.")
        self.samples, self.corruption = samples, corruption

    def initialise(self, x: Tensor) -> None:
        if self.corruption is not None:
            self.corruption.initialise(x)

    def terms(self, player: str, model: Any, batch: Batch, step: Tensor) -> Terms:
        q = model.encode(batch.x if self.corruption is None else self.corruption(batch.x), batch.y)
        z, log_q = draw(q, (self.samples,))
        p = model.decode(z, batch.y)
        log_p, kl = p.log_prob(batch.x), log_q - model.latent(batch.y).log_prob(z)
        bound = (log_p - kl).logsumexp(0) - math.log(self.samples)
        return Terms(
            bound=-bound,
            log={"distortion": -log_p.detach().mean(0), "kl": kl.detach().mean(0)},
            state=model.statistics(batch.x, q, p),
        )

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(samples=1)
        yield build(Objective, {"name": cls.name(), "corruption": "masking"}, event=Event((4,)))
