"""Multi-layer perceptron: the dense network of the 2014 papers."""

import math

import torch
from torch import Tensor, nn

from ..core.shapes import Shape
from .base import Network, stack


class MLP(Network):
    """Dense layers with an activation between them; the last layer is linear.

    With `skip` a linear map from input to output is added, so that the layers only learn what is not linear.

    Reference:
        Rumelhart, Hinton and Williams (1986), Learning representations by back-propagating errors.
        https://doi.org/10.1038/323533a0

    Arguments:
        inputs: Shape of one input.
        outputs: Shape of one output.
        context: Width C of the context vector, which joins the input; 0 for none.
        widths: Units of each hidden layer; empty for a linear map.
        activation: relu, tanh, elu, gelu, silu, leaky-relu or softplus.
        dropout: Share of hidden units dropped while training, in [0, 1).
        skip: Whether a linear map from input to output is added.

    Example:
        >>> MLP((8, 8, 1), (10,), widths=(32,))(torch.zeros(5, 8, 8, 1)).shape
        torch.Size([5, 10])
    """

    def __init__(
        self,
        inputs: Shape = (2,),
        outputs: Shape = (2,),
        context: int = 0,
        widths: tuple[int, ...] = (400,),
        activation: str = "relu",
        dropout: float = 0.0,
        skip: bool = False,
    ) -> None:
        super().__init__()
        self.inputs, self.outputs, self.context = inputs, outputs, context
        self.widths, self.activation, self.dropout, self.skip = widths, activation, dropout, skip
        self.prepare()
        sizes = (math.prod(inputs) + context, *widths, math.prod(outputs))
        self.layers = stack(sizes, activation, dropout)
        self.across = nn.Linear(sizes[0], sizes[-1], bias=False) if skip else None

    def compute(self, x: Tensor, context: Tensor | None) -> Tensor:
        x = self._joined(x, context)
        h: Tensor = self.layers(x) if self.across is None else self.layers(x) + self.across(x)
        return h.reshape(-1, *self.outputs)

    def _joined(self, x: Tensor, context: Tensor | None) -> Tensor:
        x = x.flatten(1)
        return x if context is None else torch.cat([x, context], -1)

    def squared_slope(self, x: Tensor, context: Tensor | None = None) -> Tensor | None:
        r"""With one hidden layer h = phi(a), the Jacobian is V diag(phi'(a)) W, and its squared norm

            |J|^2 = sum_kl phi'(a_k) phi'(a_l) (V' V)_kl (W W')_kl

        None for more layers, with dropout and with `skip`.
        """
        if len(self.widths) > 1 or self.dropout or self.skip:
            return None
        first, last = self.layers[0], self.layers[-1]
        assert isinstance(first, nn.Linear) and isinstance(last, nn.Linear)
        weight = first.weight[:, : math.prod(self.inputs)] / self.scale.expand(self.inputs).flatten()
        if first is last:
            return weight.square().sum().expand(len(x))
        a = first(self._joined((x - self.shift) / self.scale, context))
        slope: Tensor = torch.func.grad(lambda v: self.layers[1](v).sum())(a)
        both = (last.weight.T @ last.weight) * (weight @ weight.T)
        return ((slope @ both) * slope).sum(1)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls((3,), (2,), widths=(5,))
        yield cls((4, 3, 1), (2, 2), context=2, widths=(), activation="tanh")
        yield cls((1,), (1,), widths=(4, 4), dropout=0.5)
        yield cls((3,), (2, 1), widths=(5,), skip=True)
