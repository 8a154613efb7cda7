"""Pictures to half and to twice their size, any size, without a checkerboard."""

import torch
from torch import Tensor, nn

from .shapes import Shape


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
