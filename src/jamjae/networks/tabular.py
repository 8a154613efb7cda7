"""An encoder for rows of a table: columns of different kinds, some cells missing."""

import math

import torch
from torch import Tensor

from ..core.event import Column, Event
from ..core.shapes import Shape, even
from .base import Network, stack

MIXED = Event(
    (3,),
    "table",
    missing=True,
    columns=(Column("size"), Column("price", "positive", "log-normal"), Column("sold", "count", "poisson")),
)


class Tabular(Network):
    """Dense layers on the columns of a table or a vector, each as numbers that a network can use.

    Positive columns enter as logarithms, counts as ln(1 + x), both and all other numbers with mean 0 and deviation 1;
    categories as a one among zeros. A missing cell is at the mean (a category: all zeros), and where the event may have
    gaps, every column says beside its value whether it is there. The columns of a vector are plain numbers.

    Reference:
        Nazabal et al. (2020), Handling incomplete heterogeneous data using VAEs. https://arxiv.org/abs/1807.03653

    Arguments:
        event: A table's row, or a vector.
        outputs: Shape of one output.
        context: Width C of the context vector, which joins the columns; 0 for none.
        widths: Units of each hidden layer; empty for a linear map.
        activation: relu, tanh, elu, gelu, silu, leaky-relu or softplus.
        dropout: Share of hidden units dropped while training, in [0, 1).

    Example:
        >>> Tabular(MIXED, (4,))(torch.tensor([[1.0, 2.0, float("nan")]])).shape
        torch.Size([1, 4])
    """

    def __init__(
        self,
        event: Event = MIXED,
        outputs: Shape = (2,),
        context: int = 0,
        widths: tuple[int, ...] = (400,),
        activation: str = "relu",
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.event, self.outputs, self.context = event, outputs, context
        self.widths, self.activation, self.dropout = widths, activation, dropout
        self.inputs = event.shape
        self.prepare()
        columns = list(enumerate(event.columns or (Column("", "real"),) * event.cells))
        numbers = [i for i, c in columns if c.kind != "categorical"]
        classes = [(i, k) for i, c in columns if c.kind == "categorical" for k in range(c.levels)]
        self._keep("number", numbers)
        self._keep("column", [i for i, _ in classes])
        self._keep("value", [k for _, k in classes])
        for kind in ("positive", "count"):
            self._keep(kind, [c.kind == kind for _, c in columns])
        width = len(numbers) + len(classes) + event.cells * event.missing
        self.layers = stack((width + context, *widths, math.prod(outputs)), activation, dropout)

    def _keep(self, name: str, values: list[int] | list[bool]) -> None:
        dtype = torch.bool if name in ("positive", "count") else torch.int64
        self.register_buffer(name, torch.tensor(values, dtype=dtype), persistent=False)

    def filled(self, x: Tensor) -> Tensor:
        return x  # gaps are seen

    def initialise(self, x: Tensor) -> None:
        super().initialise(self._even(x.to(self.shift.dtype)))

    def _even(self, x: Tensor) -> Tensor:
        return even(x, self.get_buffer("positive"), self.get_buffer("count"))

    def _scaled(self, x: Tensor, context: Tensor | None) -> Tensor:
        numbers = ((self._even(x) - self.shift) / self.scale)[:, self.get_buffer("number")]
        classes = x[:, self.get_buffer("column")] == self.get_buffer("value")
        there = [(~x.isnan()).to(x.dtype)] if self.event.missing else []
        return self.compute(torch.cat([numbers.nan_to_num(0.0), classes.to(x.dtype), *there], 1), context)

    def compute(self, x: Tensor, context: Tensor | None) -> Tensor:
        h: Tensor = self.layers(x if context is None else torch.cat([x, context], 1))
        return h.reshape(-1, *self.outputs)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        colour = Column("colour", "categorical", "categorical", 3)
        yield cls(widths=(5,))
        yield cls(Event((2,), "table", missing=True, columns=(Column("size"), Column("weight"))), (3,), widths=(5,))
        yield cls(
            Event((2,), "table", columns=(Column("size"), colour)), (2, 2), context=2, widths=(), activation="tanh"
        )
        yield cls(Event((1,), "table", columns=(Column("only"),)), (1,), widths=(4,), dropout=0.5)
        yield cls(Event((3,), missing=True), (2,), widths=(5,))
