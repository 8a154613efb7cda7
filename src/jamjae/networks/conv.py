"""Convolutional network: down from an image, or up to one."""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn

from ..core.errors import require
from ..core.shapes import Shape
from .base import ACTIVATIONS, Network


class Conv(Network):
    """Convolutions that halve the image at every stage (inputs (H, W, C)), or double it (outputs (H, W, C, ...)).

    Which way follows from the shapes: up where `outputs` is an image of more pixels than `inputs`, otherwise down. Any
    size works: halving rounds up, doubling crops. A dense layer joins the smallest image to the vector on the other
    side.

    Down: kernel 3, stride 2. Up: kernel 4, stride 2, the last stage as a sub-pixel convolution. Every new pixel sees
    equally many old ones and the four new pixels of an old one start with equal weights, so no checkerboard appears.

    Reference:
        LeCun et al. (1998), Gradient-based learning applied to document recognition. https://doi.org/10.1109/5.726791;
        Shi et al. (2016), Real-time single image super-resolution using a sub-pixel convolutional network.
        https://arxiv.org/abs/1609.05158;
        Aitken et al. (2017), Checkerboard artifact free sub-pixel convolution. https://arxiv.org/abs/1707.02937

    Arguments:
        inputs: Shape of one input.
        outputs: Shape of one output.
        context: Width C of the context vector, which joins the input of the dense layer; 0 for none.
        channels: Channels of each stage from the large image to the small one; at least one.
        activation: relu, tanh, elu, gelu, silu, leaky-relu or softplus.

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
        self.channels, self.activation = channels, activation
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

    def _build_up(self) -> None:
        widths = (*reversed(self.channels), math.prod(self.outputs[2:]))
        *early, last = pairwise(widths)
        self.stages = nn.ModuleList([*(Transposed(a, b) for a, b in early), SubPixel(*last)])
        small = math.prod(self.sizes[-1]) * widths[0]
        self.dense = nn.Linear(math.prod(self.inputs) + self.context, small)
        self.act = ACTIVATIONS[self.activation]()

    def compute(self, x: Tensor, context: Tensor | None) -> Tensor:
        return self._enlarge(x, context) if self.up else self._reduce(x, context)

    def _reduce(self, x: Tensor, context: Tensor | None) -> Tensor:
        h = x.permute(0, 3, 1, 2)  # channel-last memory: no copy
        for stage in self.stages:
            h = self.act(stage(h))
        return self._join(h.permute(0, 2, 3, 1), context).reshape(-1, *self.outputs)

    def _enlarge(self, x: Tensor, context: Tensor | None) -> Tensor:
        h = self._join(x, context).reshape(-1, *self.sizes[-1], self.channels[-1]).permute(0, 3, 1, 2)
        for stage, (height, width) in zip(self.stages, reversed(self.sizes[:-1]), strict=True):
            h = stage(self.act(h), height, width)
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


class Transposed(nn.Module):
    """Doubles an image and crops it to `height` x `width`; a new pixel sees the nearest 2 x 2 old ones."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.ConvTranspose2d(inputs, outputs, 4, stride=2, padding=1)
        with torch.no_grad():  # the four new pixels start alike, so the image starts without a pattern
            quarter = self.conv.weight[..., ::2, ::2]
            self.conv.weight.copy_(quarter.repeat_interleave(2, -2).repeat_interleave(2, -1))

    def forward(self, x: Tensor, height: int, width: int) -> Tensor:
        h: Tensor = self.conv(x)[..., :height, :width]
        return h


class SubPixel(nn.Module):
    """The same map as `Transposed`, computed as a convolution to 4 times the channels, which are then laid out as
    pixels.

    A 2 x 2 window over the padded image gives the four pixels around its centre; cropping one on every side leaves
    twice the size. On a CPU a transposed convolution to one channel is far slower than this; to many channels it is
    faster.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, 4 * outputs, 2, padding=1)
        with torch.no_grad():
            for p in self.conv.parameters():
                p.copy_(p[:outputs].repeat(4, *(1 for _ in p.shape[1:])))

    def forward(self, x: Tensor, height: int, width: int) -> Tensor:
        h: Tensor = self.conv(x).permute(0, 2, 3, 1)  # (N, h + 1, w + 1, 4 C)
        n, rows, columns, _ = h.shape
        h = h.reshape(n, rows, columns, 2, 2, -1).transpose(2, 3).reshape(n, 2 * rows, 2 * columns, -1)
        return h[:, 1 : 1 + height, 1 : 1 + width].permute(0, 3, 1, 2)


def pixels(shape: Shape) -> int:
    """Height times width."""
    return shape[0] * shape[1]


def pyramid(height: int, width: int, stages: int) -> list[tuple[int, int]]:
    """Sizes from the full image to the smallest one; each is half of the one before, rounded up.

    Example:
        >>> pyramid(28, 5, 2)
        [(28, 5), (14, 3), (7, 2)]
    """
    sizes = [(height, width)]
    for _ in range(stages):
        height, width = -(-height // 2), -(-width // 2)
        sizes.append((height, width))
    return sizes
