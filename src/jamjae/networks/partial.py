"""A network that reads only the first entries of its input: the decoder of a model with two stochastic layers."""

from typing import Any, ClassVar

from torch import Tensor

from ..core.catalogue import build
from ..core.chain import split
from ..core.shapes import Shape
from .base import Network


class Partial(Network):
    """Another network on the first entries of a vector; the others have no effect.

    Reference:
        Burda, Grosse and Salakhutdinov (2016), Importance weighted autoencoders, section 5.
        https://arxiv.org/abs/1509.00519

    Arguments:
        network: What reads them.
        inputs: Shape of one input: one axis.
        outputs: Shape of one output.
        context: Width C of the context vector; 0 for none.
        first: How many entries it reads; None: two thirds.

    Example:
        >>> import torch
        >>> network = build(Network, "partial", inputs=(6,), outputs=(8, 8, 1))
        >>> z = torch.zeros(5, 6)
        >>> torch.equal(network(z), network(z + torch.tensor([0, 0, 0, 0, 1, 1])))
        True
    """

    parts: ClassVar[dict[str, Any]] = {"network": {"name": "mlp"}}

    def __init__(
        self, network: Network, inputs: Shape = (3,), outputs: Shape = (2,), context: int = 0, first: int | None = None
    ) -> None:
        super().__init__()
        self.network, self.inputs, self.outputs, self.context, self.first = network, inputs, outputs, context, first
        self.reads, _ = split(inputs, first)
        self.prepare()

    @classmethod
    def inner(cls, known: dict[str, Any]) -> dict[str, Any]:
        return {**known, "inputs": (split(known["inputs"], known["first"])[0],)}

    def compute(self, x: Tensor, context: Tensor | None) -> Tensor:
        h: Tensor = self.network(x[:, : self.reads], context)
        return h

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        small = {"name": "mlp", "widths": (5,)}
        yield build(cls, {"name": cls.name(), "network": small}, inputs=(3,), outputs=(2,), context=0)
        yield build(cls, {"name": cls.name(), "network": small, "first": 1}, inputs=(4,), outputs=(2, 2), context=2)
