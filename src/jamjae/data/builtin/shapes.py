"""Shapes: small pictures drawn from known factors, to see whether a latent space finds them."""

import math

import torch
from torch import Tensor

from ...core.event import Event
from ...core.seeds import generator
from ..raw import Raw

ABOUT = "6,000 pictures of 32 x 32 pixels, each one shape of known kind, scale, angle and place"
KINDS = ("square", "ellipse", "heart")
FACTORS = ("shape", "scale", "angle", "x", "y")
FINE = 3  # every pixel is the mean of FINE x FINE points
_CHUNK = 100  # pictures at a time: their points fit into the processor's cache


def load(seed: int, n: int = 6_000, size: int = 32) -> Raw:
    """Pictures with independent factors: shape of three kinds, and uniform

    scale in [0.15, 0.3] (half the width, as a share of the picture), angle in [0, pi / 2) radians, x and y of the centre in
    [0.32, 0.68] of the picture (right and down). A quarter turn is the symmetry of the square: within it, every angle shows.
    The label is the shape. A pixel is the share of it that the shape covers, in 8 bits.

    Reference:
        Matthey, Higgins, Hassabis and Lerchner (2017), dSprites: disentanglement testing sprites dataset.
        https://github.com/google-deepmind/dsprites-dataset
    """
    random = generator(seed, "shapes")
    kind = torch.randint(3, (n,), generator=random)
    low, high = torch.tensor([0.15, 0.0, 0.32, 0.32]), torch.tensor([0.3, math.pi / 2, 0.68, 0.68])
    factors = torch.cat([kind[:, None], low + (high - low) * torch.rand(n, 4, generator=random)], 1)
    x = torch.cat([draw(f, size) for f in factors.split(_CHUNK)])
    return Raw(
        "shapes",
        x.numpy(),
        y=kind.numpy(),
        event=Event((size, size, 1), "image", 0.0, 1.0),
        unit=255.0,
        classes=KINDS,
        factors=factors,
        factor_names=FACTORS,
    )


def draw(factors: Tensor, size: int = 32) -> Tensor:
    """Pictures of the factors (n, 5), uint8 (n, size, size, 1).

    Example:
        >>> picture = draw(torch.tensor([[0.0, 0.25, 0.0, 0.5, 0.5]]), 32)  # a square over a quarter of the area
        >>> picture.shape, round(picture.float().mean().item() / 255, 2)
        (torch.Size([1, 32, 32, 1]), 0.25)
    """
    kind, scale, angle, x, y = factors[..., None, None].unbind(1)  # (n, 1, 1)
    points = (torch.arange(size * FINE) + 0.5) / (size * FINE)
    right, down = (points[None, None, :] - x) / scale, (points[None, :, None] - y) / scale
    u = angle.cos() * right + angle.sin() * down  # along the shape's own axes, in units of its half width
    v = angle.cos() * down - angle.sin() * right
    inside = torch.where(kind == 0, _square(u, v), torch.where(kind == 1, _ellipse(u, v), _heart(u, v)))
    share = inside.float().reshape(-1, size, FINE, size, FINE).mean((2, 4))
    return (255.0 * share).round().to(torch.uint8)[..., None]


def _square(u: Tensor, v: Tensor) -> Tensor:
    return torch.maximum(u.abs(), v.abs()) <= 1.0


def _ellipse(u: Tensor, v: Tensor) -> Tensor:
    return u.square() + 4.0 * v.square() <= 1.0


def _heart(u: Tensor, v: Tensor) -> Tensor:
    u, v = 1.15 * u, -1.2 * v + 0.1  # the curve spans [-1.14, 1.14] x [-1, 1.24], upwards; pictures count downwards
    ring = u.square() + v.square() - 1.0
    return ring.pow(3) <= u.square() * v.pow(3)
