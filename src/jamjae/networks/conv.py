"""Convolutional network: down from an image, or up to one."""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn

from ..core.errors import require
from ..core.resampling import SubPixel, Transposed, pixels, pyramid
from ..core.shapes import Shape
from .base import ACTIVATIONS, Network


class Conv(Network):
    """Convolutions that halve the image at every stage (inputs (H, W, C)), or double it (outputs (H, W, C, ...)).

    Which way follows from the shapes: up where `outputs` is an image of more pixels than `inputs`, otherwise down. Any
    size works: halving rounds up, doubling crops. A dense layer joins the smallest image to the vector on the other
    side.

    Down: kernel 3, stride 2. Up: kernel 4, stride 2, the last stage as a sub-pixel convolution. Every new pixel sees
    equally many old ones and the four new pixels of an old one start with equal weights, so no checkerboard appears.

    With `norm`, every stage but the one at the large image is normalised: over all channels and pixels of one example,
    not over the batch, so that an example is computed by itself, in training and afterwards alike.

    Reference:
        LeCun et al. (1998), Gradient-based learning applied to document recognition. https://doi.org/10.1109/5.726791;
        Shi et al. (2016), Real-time single image super-resolution using a sub-pixel convolutional network.
        https://arxiv.org/abs/1609.05158;
        Aitken et al. (2017), Checkerboard artifact free sub-pixel convolution. https://arxiv.org/abs/1707.02937;
        Ba, Kiros and Hinton (2016), Layer normalization. https://arxiv.org/abs/1607.06450

    Arguments:
        inputs: Shape of one input.
        outputs: Shape of one output.
        context: Width C of the context vector, which joins the input of the dense layer; 0 for none.
        channels: Channels of each stage from the large image to the small one; at least one.
        activation: relu, tanh, elu, gelu, silu, leaky-relu or softplus.
        norm: Whether layers are normalised.

    Example:
        >>> import torch
        >>> Conv((28, 28, 1), (20, 2))(torch.zeros(5, 28, 28, 1)).shape
        torch.Size([5, 20, 2])
        >>> Conv((20,), (5, 7, 3, 1))(torch.zeros(5, 20)).shape
        torch.Size([5, 5, 7, 3, 1])
    """

    def __init__(
        self,
        inputs: Shape = (8, 8, 1),
        outputs: Shape = (2,),
        context: int = 0,
        channels: tuple[int, ...] = (32, 64),
        activation: str = "relu",
        norm: bool = False,
    ) -> None:
        super().__init__()
        require(len(channels) >= 1, "`channels` needs at least one stage", channels, "Pass channels=32,64.")
        require(all(c >= 1 for c in channels), "`channels` must be positive", channels, "Pass channels=32,64.")
        require(activation in ACTIVATIONS, f"`activation` must be one of {', '.join(ACTIVATIONS)}", activation)
        require(
            len(inputs) == 3 or len(outputs) >= 3,
            "`conv` needs an image (height, width, channels) on one side",
            (inputs, outputs),
            "Use the network mlp for vectors.",
        )
        self.inputs, self.outputs, self.context = inputs, outputs, context
        self.channels, self.activation, self.norm = channels, activation, norm
        self.prepare()
        image = self.outputs if self.up else self.inputs
        self.sizes = pyramid(image[0], image[1], len(channels))
        self._build_up() if self.up else self._build_down()

    @property
    def up(self) -> bool:
        """Whether the image is on the output side."""
        return len(self.outputs) >= 3 and (len(self.inputs) != 3 or pixels(self.outputs) > pixels(self.inputs))

    def _build_down(self) -> None:
        widths = (self.inputs[2], *self.channels)
        self.stages = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in pairwise(widths))
        small = math.prod(self.sizes[-1]) * widths[-1]
        self.dense = nn.Linear(small + self.context, math.prod(self.outputs))
        self.act = ACTIVATIONS[self.activation]()
        self.norms = nn.ModuleList([nn.Identity(), *map(self._norm, self.channels[1:])])

    def _build_up(self) -> None:
        widths = (*reversed(self.channels), math.prod(self.outputs[2:]))
        *early, last = pairwise(widths)
        self.stages = nn.ModuleList([*(Transposed(a, b) for a, b in early), SubPixel(*last)])
        small = math.prod(self.sizes[-1]) * widths[0]
        self.dense = nn.Linear(math.prod(self.inputs) + self.context, small)
        self.act = ACTIVATIONS[self.activation]()
        self.norms = nn.ModuleList(map(self._norm, reversed(self.channels)))

    def _norm(self, channels: int) -> nn.Module:
        return nn.GroupNorm(1, channels) if self.norm else nn.Identity()

    def compute(self, x: Tensor, context: Tensor | None) -> Tensor:
        return self._enlarge(x, context) if self.up else self._reduce(x, context)

    def _reduce(self, x: Tensor, context: Tensor | None) -> Tensor:
        h = x.permute(0, 3, 1, 2)  # channel-last memory: no copy
        for stage, norm in zip(self.stages, self.norms, strict=True):
            h = self.act(norm(stage(h)))
        return self._join(h.permute(0, 2, 3, 1), context).reshape(-1, *self.outputs)

    def _enlarge(self, x: Tensor, context: Tensor | None) -> Tensor:
        h = self._join(x, context).reshape(-1, *self.sizes[-1], self.channels[-1]).permute(0, 3, 1, 2)
        for stage, norm, (height, width) in zip(self.stages, self.norms, reversed(self.sizes[:-1]), strict=True):
            h = stage(self.act(norm(h)), height, width)
        return h.permute(0, 2, 3, 1).reshape(-1, *self.outputs)

    def _join(self, h: Tensor, context: Tensor | None) -> Tensor:
        h = h.flatten(1)
        y: Tensor = self.dense(h if context is None else torch.cat([h, context], -1))
        return y

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls((6, 6, 1), (2, 2), channels=(3, 4))
        yield cls((5, 7, 3), (2,), context=2, channels=(3,), activation="silu")
        yield cls((2,), (5, 7, 3, 2), context=2, channels=(3, 4))
        yield cls((3,), (1, 1, 1, 1), channels=(2, 2))
        yield cls((6, 5, 1), (2,), channels=(3, 4), norm=True)
        yield cls((2,), (5, 7, 3, 1), channels=(3, 4), norm=True)
