"""Ordinal likelihood: each cell is one of K levels in order, such as grades: one position between K - 1 cut points."""

import torch
from torch import Tensor, nn
from torch.distributions import Categorical, Distribution, constraints
from torch.nn.functional import logsigmoid

from ..core.errors import require
from ..core.event import Event
from ..core.product import Product
from ..core.shapes import missing
from .base import Likelihood, positive

NEAREST = 1e-4  # smallest gap between two cut points


class Ordinal(Likelihood):
    r"""p(x | z) = prod_d P(x_d) with P(x_d <= k) = sigmoid(c_dk - h_d) and cut points c_d0 < ... < c_d,K-2, in nats.

    Neighbouring levels are confused more easily than distant ones, which `categorical` does not know. At h = 0 the cut
    points give the data's own shares; the gaps between them are learned. Cells are level numbers 0 .. K - 1.

    Reference:
        McCullagh (1980), Regression models for ordinal data. https://doi.org/10.1111/j.2517-6161.1980.tb01109.x

    Arguments:
        event: What one example is.
        classes: K >= 2; None: the event's number of levels.

    Example:
        >>> p = Ordinal(Event((3,), levels=4))(torch.zeros(5, 3, 1))
        >>> round(p.log_prob(torch.ones(5, 3))[0].item(), 4)  # 3 ln 1/4
        -4.1589
    """

    loss = "cumulative cross-entropy"
    first: Tensor
    gaps: Tensor

    def __init__(self, event: Event = Event((2,), levels=4), classes: int | None = None) -> None:
        super().__init__()
        count = event.levels if classes is None else classes
        require(count >= 2, "`classes` must be at least 2", count, "Pass classes=5, or an event with levels=5.")
        self.event, self.classes, self.count = event, classes, count
        self.support = constraints.integer_interval(0, count - 1)  # type: ignore[no-untyped-call]
        self.register_buffer("first", torch.zeros(event.shape))
        self.register_buffer("gaps", torch.ones(*event.shape, count - 2))
        self._even(torch.full((*event.shape, count), 1 / count))
        if count > 2:
            self.feature = nn.Parameter(torch.zeros(*event.shape, count - 2))

    @torch.no_grad()
    def initialise(self, x: Tensor) -> None:
        # Half an example of every level is added, so that a level that was never seen is rare and not impossible.
        seen = (~missing(x)).unsqueeze(-1)
        levels = torch.arange(self.count, device=x.device)
        counts = ((x.unsqueeze(-1) == levels) & seen).sum(0) + 0.5
        self._even(counts / counts.sum(-1, keepdim=True))

    def _even(self, shares: Tensor) -> None:
        """Cut points under which the levels have these shares (*event, K) at h = 0."""
        cuts = shares.cumsum(-1)[..., :-1].clamp(1e-6, 1 - 1e-6).logit()
        self.first.copy_(cuts[..., 0])
        self.gaps.copy_((cuts.diff(dim=-1) - NEAREST).clamp(min=NEAREST))

    def forward(self, h: Tensor) -> Product:
        gaps = self.gaps * positive(self.feature) + NEAREST if self.count > 2 else self.gaps
        cuts = torch.cat([self.first.unsqueeze(-1), self.first.unsqueeze(-1) + gaps.cumsum(-1)], -1)
        below, above = logsigmoid(cuts - h), logsigmoid(h - cuts)  # log P(x <= k), log P(x > k)
        # sigmoid(a) - sigmoid(b) = sigmoid(a) sigmoid(-b) (1 - exp(b - a))
        inner = below[..., 1:] + above[..., :-1] + (-torch.expm1(-gaps)).log()
        masses = torch.cat([below[..., :1], inner, above[..., -1:]], -1)
        return self.cells_of(Categorical(logits=masses, validate_args=False))

    def point(self, p: Distribution) -> Tensor:
        """The median level of every cell, (*s, B, *event), int64."""
        assert isinstance(p, Product) and isinstance(p.base, Categorical)
        return (p.base.probs.cumsum(-1)[..., :-1] < 0.5).sum(-1)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(Event((3, 2, 1), "image", 0.0, 4.0, levels=5))
        yield cls(Event((1,), missing=True), classes=2)
        yield cls(Event((1,), missing=True, levels=6))
