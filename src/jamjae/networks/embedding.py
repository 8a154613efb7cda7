"""From numbers in a row to features: each becomes a vector, neighbours are mixed, the row is averaged."""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from ..core.errors import require
from ..core.event import Event
from ..core.shapes import Shape, over_leading
from .base import Network


class Embedding(Network):
    """Numbers 0 .. K - 1 at T places, negative where missing, to features.

    A vector for every number and one for every place; layers that mix each place with its neighbours on both sides
    and add to what they read; then the mean and the largest value of every channel over the places that are not
    missing, and a dense layer. It takes a pass over the row whatever its length, and no step by step as a recurrent
    network does.

    Reference:
        Kim (2014), Convolutional neural networks for sentence classification. https://arxiv.org/abs/1408.5882

    Arguments:
        inputs: (T,).
        outputs: Shape of one output.
        context: Width C of the context vector, which joins the dense layer; 0 for none.
        event: What one example is; its `levels` are K.
        width: Channels of every place.
        layers: How often neighbours are mixed, >= 0.
        reach: Places that are mixed at once, odd.

    Example:
        >>> x = torch.tensor([[4, 2, 7, -1, -1]])
        >>> Embedding((5,), (2,), event=Event((5,), "text", levels=8))(x).shape
        torch.Size([1, 2])
    """

    numbers = True

    def __init__(
        self,
        inputs: Shape = (4,),
        outputs: Shape = (2,),
        context: int = 0,
        event: Event = Event((4,), levels=8),
        width: int = 64,
        layers: int = 2,
        reach: int = 5,
    ) -> None:
        super().__init__()
        row = "`embedding` reads numbers at T places"
        require(len(inputs) == 1 and event.levels >= 2, row, (inputs, event.levels), "Use it as the encoder of text.")
        require(width >= 1, "`width` must be at least 1", width, "Pass width=64.")
        require(layers >= 0, "`layers` must be at least 0", layers, "Pass layers=2.")
        require(reach >= 1 and reach % 2 == 1, "`reach` must be odd", reach, "Pass reach=5.")
        self.inputs, self.outputs, self.context, self.event = inputs, outputs, context, event
        self.width, self.layers, self.reach = width, layers, reach
        self.prepare()
        self.embed = nn.Embedding(event.levels, width)
        self.place = nn.Parameter(0.1 * torch.randn(inputs[0], width))
        self.mix = nn.ModuleList(nn.Conv1d(width, width, reach, padding=reach // 2) for _ in range(layers))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(layers + 1))
        self.out = nn.Linear(2 * width + context, math.prod(outputs))

    def filled(self, x: Tensor) -> Tensor:
        """x itself: what is missing is left out of the average."""
        return x

    def initialise(self, x: Tensor) -> None:
        """Nothing: numbers have no unit."""

    def forward(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        return over_leading(self.compute, x, self.inputs, context)

    def compute(self, x: Tensor, context: Tensor | None) -> Tensor:
        here = (x >= 0).unsqueeze(-1)
        h = (self.embed(x.long().clamp(min=0)) + self.place) * here
        for norm, mix in zip(self.norms, self.mix, strict=False):
            h = h + relu(mix((norm(h) * here).mT).mT) * here
        h = self.norms[-1](h)
        mean = (h * here).sum(1) / here.sum(1).clamp(min=1)
        most = h.masked_fill(~here, -math.inf).amax(1).masked_fill(~here.any(1), 0.0)
        joined = torch.cat([mean, most, *([] if context is None else [context])], -1)
        made: Tensor = self.out(joined)
        return made.reshape(-1, *self.outputs)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls((3,), (2,), event=Event((3,), "text", levels=4, missing=True), width=8, layers=1, reach=3)
        yield cls((4,), (2, 2), 2, Event((4,), levels=3), width=6)
