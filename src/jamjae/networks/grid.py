"""Fully convolutional network between an image and a grid of codes."""

import math
from itertools import pairwise

from torch import Tensor, nn

from ..core.errors import require
from ..core.resampling import SubPixel, Transposed, pixels, pyramid
from ..core.shapes import Shape
from .base import ACTIVATIONS, Network


class Grid(Network):
    """Convolutions from an image (H, W, C) to a smaller grid of vectors (h, w, F), or from the grid to the image.

    Every stage halves the image (rounding up) or doubles it (cropping); there are as many as the two sizes ask for,
    none where they are equal. Residual blocks work at the small size. Nothing is dense, so a place of the grid sees its
    surroundings in the image and no more, and its weights are those of every other place.

    Reference:
        Van den Oord, Vinyals and Kavukcuoglu (2017), Neural discrete representation learning, section 4.1.
        https://arxiv.org/abs/1711.00937;
        Aitken et al. (2017), Checkerboard artifact free sub-pixel convolution. https://arxiv.org/abs/1707.02937

    Arguments:
        inputs: Shape of one input, (H, W, C).
        outputs: Shape of one output, (H, W, ...).
        context: Width C of the context vector, which joins every place of the grid; 0 for none.
        channels: Channels of each stage from the image to the grid; the last holds for all further ones.
        blocks: Residual blocks, at least 0.
        activation: relu, tanh, elu, gelu, silu, leaky-relu or softplus.

    Example:
        >>> import torch
        >>> Grid((28, 28, 1), (7, 7, 16))(torch.zeros(5, 28, 28, 1)).shape
        torch.Size([5, 7, 7, 16])
        >>> Grid((2, 3, 16), (7, 9, 3, 2))(torch.zeros(5, 2, 3, 16)).shape
        torch.Size([5, 7, 9, 3, 2])
    """

    def __init__(
        self,
        inputs: Shape = (8, 8, 1),
        outputs: Shape = (2, 2, 4),
        context: int = 0,
        channels: tuple[int, ...] = (32, 32),
        blocks: int = 2,
        activation: str = "relu",
    ) -> None:
        super().__init__()
        require(len(channels) >= 1, "`channels` needs at least one stage", channels, "Pass channels=32,32.")
        require(all(c >= 1 for c in channels), "`channels` must be positive", channels, "Pass channels=32,32.")
        require(blocks >= 0, "`blocks` must be at least 0", blocks, "Pass blocks=2.")
        require(activation in ACTIVATIONS, f"`activation` must be one of {', '.join(ACTIVATIONS)}", activation)
        self.inputs, self.outputs, self.context = inputs, outputs, context
        self.channels, self.blocks, self.activation = channels, blocks, activation
        self.prepare()
        self.sizes = halvings(inputs, outputs)
        self.up = pixels(outputs) > pixels(inputs)
        self._build()

    def _build(self) -> None:
        stages = len(self.sizes) - 1
        widths = [self.channels[min(i, len(self.channels) - 1)] for i in range(max(1, stages))]
        inner, channels = widths[-1], math.prod(self.outputs[2:])
        self.act = ACTIVATIONS[self.activation]()
        self.residual = nn.ModuleList(Residual(inner, self.activation) for _ in range(self.blocks))
        self.told = nn.Linear(self.context, inner) if self.context else None
        if self.up:
            *early, last = pairwise((*reversed(widths), channels))
            self.first: nn.Module = nn.Conv2d(self.inputs[2], inner, 3, padding=1)
            self.stages = nn.ModuleList([*(Transposed(a, b) for a, b in early), SubPixel(*last)])
        else:
            stride = 2 if stages else 1
            pairs = pairwise((self.inputs[2], *widths))
            self.stages = nn.ModuleList(nn.Conv2d(a, b, 3, stride, padding=1) for a, b in pairs)
            self.last = nn.Conv2d(inner, channels, 1)

    def compute(self, x: Tensor, context: Tensor | None) -> Tensor:
        h = x.permute(0, 3, 1, 2)  # channel-last memory: no copy
        h = self._enlarge(h, context) if self.up else self._reduce(h, context)
        return h.permute(0, 2, 3, 1).reshape(-1, *self.outputs)

    def _reduce(self, h: Tensor, context: Tensor | None) -> Tensor:
        for number, stage in enumerate(self.stages):
            h = stage(h if number == 0 else self.act(h))
        found: Tensor = self.last(self.act(self._inside(h, context)))
        return found

    def _enlarge(self, h: Tensor, context: Tensor | None) -> Tensor:
        h = self._inside(self.first(h), context)
        for stage, (height, width) in zip(self.stages, reversed(self.sizes[:-1]), strict=True):
            h = stage(self.act(h), height, width)
        return h

    def _inside(self, h: Tensor, context: Tensor | None) -> Tensor:
        if self.told is not None and context is not None:
            h = h + self.told(context)[:, :, None, None]
        for block in self.residual:
            h = block(h)
        return h

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls((6, 5, 1), (2, 2, 3), channels=(3, 4), blocks=1)
        yield cls((2, 2, 3), (6, 5, 1, 2), context=2, channels=(4,), blocks=1)
        yield cls((3, 3, 2), (3, 3, 2), context=2, channels=(4,), activation="silu")


class Residual(nn.Module):
    """h + conv1(act(conv3(act(h)))): the neighbours' share, added."""

    def __init__(self, channels: int, activation: str) -> None:
        super().__init__()
        around, alone = nn.Conv2d(channels, channels, 3, padding=1), nn.Conv2d(channels, channels, 1)
        self.change = nn.Sequential(ACTIVATIONS[activation](), around, ACTIVATIONS[activation](), alone)

    def forward(self, h: Tensor) -> Tensor:
        h = h + self.change(h)
        return h


def halvings(inputs: Shape, outputs: Shape) -> list[tuple[int, int]]:
    """Sizes from the larger picture to the smaller one, each half of the one before, rounded up.

    Raises:
        UsageError: If one is no picture, or halving never meets the smaller one.

    Example:
        >>> halvings((28, 28, 1), (7, 7, 16))
        [(28, 28), (14, 14), (7, 7)]
    """
    pictures = len(inputs) == 3 and len(outputs) >= 3
    rule = "`grid` needs an image (height, width, channels) on one side and a grid (height, width, ...) on the other"
    require(pictures, rule, (inputs, outputs), "Use the network mlp for vectors.")
    large, small = sorted((inputs, outputs), key=pixels, reverse=True)
    every = pyramid(large[0], large[1], max(large[:2]).bit_length())
    rule = f"`latent` must begin with a size that halving {large[0]} x {large[1]} reaches"
    offered = " or ".join(",".join(map(str, size)) for size in dict.fromkeys(every))
    require((small[0], small[1]) in every, rule, tuple(small[:2]), f"Begin it with {offered}.")
    return every[: every.index((small[0], small[1])) + 1]
