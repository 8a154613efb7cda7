"""Networks: how features are computed. `forward(x (*s, B, *inputs), context (*s, B, C)) -> (*s, B, *outputs)`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn

from ..core.component import Component
from ..core.errors import require
from ..core.shapes import Shape, missing, over_leading

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "leaky-relu": partial(nn.LeakyReLU, 0.2),  # the slope of the GAN papers
    "softplus": nn.Softplus,
}


def stack(sizes: Sequence[int], activation: str, dropout: float) -> nn.Sequential:
    """Dense layers from sizes[0] to sizes[-1] units, with an activation (and dropout) between them.

    Raises:
        UsageError: For widths below 1, an unknown activation, or a dropout outside [0, 1).
    """
    widths = tuple(sizes[1:-1])
    require(all(w >= 1 for w in widths), "`widths` must be positive", widths, "Pass widths=400 or widths=200,200.")
    require(activation in ACTIVATIONS, f"`activation` must be one of {', '.join(ACTIVATIONS)}", activation)
    require(0 <= dropout < 1, "`dropout` must be in [0, 1)", dropout)
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes[:-1]):
        layers += [nn.Linear(before, after), ACTIVATIONS[activation]()]
        layers += [nn.Dropout(dropout)] if dropout else []
    return nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))


class Network(Component, ABC):
    """A map from `inputs` to `outputs`, with an optional context vector.

    `initialise` centres and scales the inputs once, from data: one mean and one standard deviation per entry of the
    last axis (a column of a vector, a channel of an image). Both are buffers, saved with the weights.

    Class attributes: `causal`, whether inputs are numbers 0 .. K - 1 in a row and the outputs (T, K) at place t see
    only those before it; `reads`, how many entries of a flat input have an effect, the first ones; None for all.
    """

    inputs: Shape
    outputs: Shape
    context: int
    causal: bool = False
    numbers: bool = False
    reads: int | None = None
    shift: Tensor
    scale: Tensor

    def prepare(self) -> None:
        """Register the input scaling; every constructor calls it after storing its sizes."""
        self.register_buffer("shift", torch.zeros(self.inputs[-1:]))
        self.register_buffer("scale", torch.ones(self.inputs[-1:]))

    def initialise(self, x: Tensor) -> None:
        flat = torch.where(missing(x), torch.nan, x.to(self.shift.dtype))
        flat = flat.flatten(0, -2) if x.ndim > 1 else flat
        shift = flat.nanmean(0)
        spread = (flat - shift).square().nanmean(0).sqrt()
        self.shift.copy_(shift.nan_to_num(0.0))
        self.scale.copy_(torch.where(spread > 0, spread, 1.0).nan_to_num(1.0))

    def filled(self, x: Tensor) -> Tensor:
        """What stands in for missing cells: the mean of their column."""
        return torch.where(missing(x), self.shift, x)

    def forward(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        return over_leading(self._scaled, x, self.inputs, context)

    def _scaled(self, x: Tensor, context: Tensor | None) -> Tensor:
        return self.compute((x - self.shift) / self.scale, context)

    @abstractmethod
    def compute(self, x: Tensor, context: Tensor | None) -> Tensor:
        """Scaled inputs (N, *inputs) and context (N, C) or None to (N, *outputs)."""

    def squared_slope(self, x: Tensor, context: Tensor | None = None) -> Tensor | None:
        """|d output / d x|^2, summed over all outputs and inputs, (B,) at x (B, *inputs); None where that takes more
        than a formula."""
        return None
