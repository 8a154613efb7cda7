"""Categorical likelihood: each cell is one of K classes. Its negative logarithm is the cross-entropy."""

import torch
from torch import Tensor
from torch.distributions import Categorical as Base
from torch.distributions import Distribution, constraints

from ..core.errors import require
from ..core.event import Event
from ..core.product import Product
from ..core.shapes import missing
from .base import Likelihood


class Categorical(Likelihood):
    r"""p(x | z) = prod_d pi_d[x_d] with pi_d = softmax(h_d + offset_d) over K classes, in nats.

    -log p is the cross-entropy, summed over the cells. Cells are class numbers 0 .. K - 1.

    Reference:
        Bridle (1990), Probabilistic interpretation of feedforward classification network outputs.
        https://doi.org/10.1007/978-3-642-76153-9_28

    Arguments:
        event: What one example is.
        classes: K >= 2; None: the event's number of levels.

    Example:
        >>> p = Categorical(Event((3,), levels=4))(torch.zeros(5, 3, 4))
        >>> round(p.log_prob(torch.ones(5, 3))[0].item(), 4)  # 3 ln 1/4
        -4.1589
    """

    loss = "cross-entropy"
    offset: Tensor

    def __init__(self, event: Event = Event((2,), levels=3), classes: int | None = None) -> None:
        super().__init__()
        count = event.levels if classes is None else classes
        require(count >= 2, "`classes` must be at least 2", count, "Pass classes=10, or an event with levels=10.")
        self.event, self.classes = event, classes
        self.channels = count
        self.support = constraints.integer_interval(0, count - 1)  # type: ignore[no-untyped-call]
        self.register_buffer("offset", torch.zeros(*event.shape, count))

    def initialise(self, x: Tensor) -> None:
        # Half an example of every class is added, so that a class that was never seen is rare and not impossible.
        seen = (~missing(x)).unsqueeze(-1)
        classes = torch.arange(self.channels, device=x.device)
        counts = ((x.unsqueeze(-1) == classes) & seen).sum(0) + 0.5
        self.offset.copy_((counts / counts.sum(-1, keepdim=True)).log())

    def forward(self, h: Tensor) -> Product:
        return self.cells_of(Base(logits=h + self.offset, validate_args=False))

    def point(self, p: Distribution) -> Tensor:
        """The most probable class of every cell, (*s, B, *event), int64."""
        assert isinstance(p, Product) and isinstance(p.base, Base)
        return p.base.logits.argmax(-1)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(Event((3, 2, 1), "image", 0.0, 4.0, levels=5))
        yield cls(Event((1,), missing=True), classes=2)
