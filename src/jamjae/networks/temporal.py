"""Convolutions over time: down from a sequence, or up to one."""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn

from ..core.errors import require
from ..core.resampling import pyramid
from ..core.shapes import Shape
from .base import ACTIVATIONS, Network


class Temporal(Network):
    """Convolutions over places: each stage halves a sequence (inputs (T, C)), or doubles it (outputs (T, C, ...)).

    Which way follows from the shapes: up where `inputs` is no sequence, or has fewer places than `outputs`.
    Any length works: halving rounds up, doubling crops. A dense layer joins the shortest sequence to the vector on the
    other side. The channels of a spectrogram are its bands: neighbours in time share weights, bands do not.

    Down: kernel 5, stride 2. Up: kernel 3 to twice the channels, which become pairs of places. Every new place sees
    equally many old ones and both new places of an old one start with equal weights, so no comb appears.

    With `norm`, every stage but the one at the long sequence is normalised over all channels and places of one example.

    Reference:
        Waibel et al. (1989), Phoneme recognition using time-delay neural networks. https://doi.org/10.1109/29.21701;
        Shi et al. (2016), Real-time single image super-resolution using a sub-pixel convolutional network.
        https://arxiv.org/abs/1609.05158;
        Ba, Kiros and Hinton (2016), Layer normalization. https://arxiv.org/abs/1607.06450

    Arguments:
        inputs: Shape of one input.
        outputs: Shape of one output.
        context: Width C of the context vector, which joins the input of the dense layer; 0 for none.
        channels: Channels of each stage from the long sequence to the short one; at least one.
        activation: relu, tanh, elu, gelu, silu, leaky-relu or softplus.
        norm: Whether layers are normalised.

    Example:
        >>> import torch
        >>> Temporal((81, 48), (20, 2))(torch.zeros(5, 81, 48)).shape
        torch.Size([5, 20, 2])
        >>> Temporal((20,), (7, 3, 1))(torch.zeros(5, 20)).shape
        torch.Size([5, 7, 3, 1])
    """

    def __init__(
        self,
        inputs: Shape = (8, 2),
        outputs: Shape = (2,),
        context: int = 0,
        channels: tuple[int, ...] = (64, 128),
        activation: str = "relu",
        norm: bool = False,
    ) -> None:
        super().__init__()
        require(len(channels) >= 1, "`channels` needs at least one stage", channels, "Pass channels=64,128.")
        require(all(c >= 1 for c in channels), "`channels` must be positive", channels, "Pass channels=64,128.")
        require(activation in ACTIVATIONS, f"`activation` must be one of {', '.join(ACTIVATIONS)}", activation)
        require(
            len(inputs) == 2 or len(outputs) >= 2,
            "`temporal` needs a sequence (places, channels) on one side",
            (inputs, outputs),
            "Use the network mlp for vectors.",
        )
        self.inputs, self.outputs, self.context = inputs, outputs, context
        self.channels, self.activation, self.norm = channels, activation, norm
        self.prepare()
        places = (self.outputs if self.up else self.inputs)[0]
        self.sizes = [length for length, _ in pyramid(places, 1, len(channels))]
        self._build_up() if self.up else self._build_down()
        self.act = ACTIVATIONS[activation]()

    @property
    def up(self) -> bool:
        """Whether the sequence is on the output side."""
        return len(self.inputs) != 2 or (len(self.outputs) >= 3 and self.outputs[0] > self.inputs[0])

    def _build_down(self) -> None:
        widths = (self.inputs[1], *self.channels)
        self.stages = nn.ModuleList(nn.Conv1d(a, b, 5, stride=2, padding=2) for a, b in pairwise(widths))
        self.norms = nn.ModuleList([nn.Identity(), *map(self._norm, self.channels[1:])])
        self.dense = nn.Linear(self.sizes[-1] * widths[-1] + self.context, math.prod(self.outputs))

    def _build_up(self) -> None:
        widths = (*reversed(self.channels), math.prod(self.outputs[1:]))
        self.stages = nn.ModuleList(Doubled(a, b) for a, b in pairwise(widths))
        self.norms = nn.ModuleList(map(self._norm, reversed(self.channels)))
        self.dense = nn.Linear(math.prod(self.inputs) + self.context, self.sizes[-1] * widths[0])

    def _norm(self, channels: int) -> nn.Module:
        return nn.GroupNorm(1, channels) if self.norm else nn.Identity()

    def compute(self, x: Tensor, context: Tensor | None) -> Tensor:
        return self._enlarge(x, context) if self.up else self._reduce(x, context)

    def _reduce(self, x: Tensor, context: Tensor | None) -> Tensor:
        h = x.transpose(1, 2)
        for stage, norm in zip(self.stages, self.norms, strict=True):
            h = self.act(norm(stage(h)))
        return self._join(h, context).reshape(-1, *self.outputs)

    def _enlarge(self, x: Tensor, context: Tensor | None) -> Tensor:
        h = self._join(x, context).reshape(-1, self.channels[-1], self.sizes[-1])
        for stage, norm, length in zip(self.stages, self.norms, reversed(self.sizes[:-1]), strict=True):
            h = stage(self.act(norm(h)), length)
        return h.transpose(1, 2).reshape(-1, *self.outputs)

    def _join(self, h: Tensor, context: Tensor | None) -> Tensor:
        h = h.flatten(1)
        y: Tensor = self.dense(h if context is None else torch.cat([h, context], -1))
        return y

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls((6, 2), (2, 2), channels=(3, 4))
        yield cls((5, 3), (2,), context=2, channels=(3,), activation="silu")
        yield cls((2,), (7, 3, 2), context=2, channels=(3, 4))
        yield cls((3,), (1, 1, 1), channels=(2, 2))
        yield cls((7, 2), (2,), channels=(3, 4), norm=True)
        yield cls((2,), (5, 3, 1), channels=(3, 4), norm=True)


class Doubled(nn.Module):
    """Doubles a sequence (N, C, T) and crops it to `length`; a new place sees the three nearest old ones."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(inputs, 2 * outputs, 3, padding=1)
        with torch.no_grad():
            for p in self.conv.parameters():
                p.copy_(p[:outputs].repeat(2, *(1 for _ in p.shape[1:])))

    def forward(self, x: Tensor, length: int) -> Tensor:
        h: Tensor = self.conv(x)  # (N, 2 C, T)
        n, both, places = h.shape
        h = h.reshape(n, 2, both // 2, places).permute(0, 2, 3, 1).reshape(n, both // 2, 2 * places)
        return h[..., :length]
