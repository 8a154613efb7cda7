"""Codes that hardly move when the example does."""

from typing import Any

import torch
from torch import Tensor
from torch.distributions import Distribution

from ..core.delta import Delta
from ..core.errors import require
from ..core.quantised import numbered
from .base import Regulariser


class Contractive(Regulariser):
    r"""weight * |d code / d x|^2, the squared Frobenius norm of the encoder's Jacobian at the clean example.

    Exact for a point posterior behind an `mlp` with at most one hidden layer. Elsewhere Hutchinson's estimate, without
    bias, from random signs v:

        |J|^2 = E_v |J' v|^2

    In squared units of the code per squared unit of the data. A decoder whose weights may grow without limit can undo
    it, because small codes move little: use an optimiser with weight decay.

    Reference:
        Rifai et al. (2011), Contractive auto-encoders: explicit invariance during feature extraction.
        https://icml.cc/2011/papers/455_icmlpaper.pdf;
        Hutchinson (1989), A stochastic estimator of the trace of the influence matrix for Laplacian smoothing splines.
        https://doi.org/10.1080/03610918908812806

    Arguments:
        weight: > 0.
        samples: Sign vectors of the estimate, >= 1; each costs a backward pass through the encoder.

    Example:
        >>> Contractive().spec()
        {'name': 'contractive', 'weight': 0.1, 'samples': 1}
    """

    def __init__(self, weight: float = 0.1, samples: int = 1) -> None:
        super().__init__()
        require(samples >= 1, "`samples` must be at least 1", samples, "Pass samples=1.")
        self.prepare(weight)
        self.samples = samples

    def check(self, model: Any) -> None:
        levels = model.event.levels
        rule = "the regulariser contractive needs examples that can move a little: numbers or bits"
        require(levels <= 2, rule, f"{levels} categories", "Pass --objective.regulariser none.")
        moves = model.posterior.support is not numbered
        rule = "the regulariser contractive needs codes that can move a little"
        require(moves, rule, model.posterior.name(), "Pass --objective.regulariser commitment.")

    def forward(self, model: Any, batch: Any, q: Distribution, z: Tensor) -> Tensor:
        return self.weight * self.squared_jacobian(model, batch, q)

    def squared_jacobian(self, model: Any, batch: Any, q: Distribution) -> Tensor:
        """|d code / d x|^2, (B,)."""
        exact = None
        if isinstance(q, Delta) and not model.event.missing:
            exact = model.encoder.squared_slope(batch.x, model.context(batch.y))
        return self.estimate(model, batch) if exact is None else exact

    def estimate(self, model: Any, batch: Any) -> Tensor:
        """Hutchinson's estimate of it, (B,)."""

        def code(x: Tensor) -> Tensor:
            found: Tensor = model.posterior.point(model.encode(x, batch.y))
            return found

        z, pull = torch.func.vjp(code, batch.x)
        signs = (torch.where(torch.rand(z.shape, device=z.device) < 0.5, -1.0, 1.0).to(z) for _ in range(self.samples))
        found = [pull(v)[0].flatten(1).square().sum(1) for v in signs]
        return torch.stack(found).mean(0)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(weight=1.0, samples=2)
