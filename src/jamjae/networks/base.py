"""Networks: how features are computed. `forward(x (*s, B, *inputs), context (*s, B, C)) -> (*s, B, *outputs)`."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from ..core.component import Component
from ..core.shapes import Shape, missing, over_leading

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "leaky-relu": nn.LeakyReLU,
    "softplus": nn.Softplus,
}


class Network(Component, ABC):
    """A map from `inputs` to `outputs`, with an optional context vector.

    `initialise` centres and scales the inputs once, from data: one mean and one standard deviation per entry of the
    last axis (a column of a vector, a channel of an image). Both are buffers, saved with the weights.
    """

    inputs: Shape
    outputs: Shape
    context: int
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

    def forward(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        return over_leading(self._scaled, x, self.inputs, context)

    def _scaled(self, x: Tensor, context: Tensor | None) -> Tensor:
        return self.compute((x - self.shift) / self.scale, context)

    @abstractmethod
    def compute(self, x: Tensor, context: Tensor | None) -> Tensor:
        """Scaled inputs (N, *inputs) and context (N, C) or None to (N, *outputs)."""
