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
_CHUNK = 100  # pictures at a time: they fit into the processor's cache


def load(seed: int, n: int = 6_000, size: int = 32) -> Raw:
    """Pictures with independent factors; the label is the shape.

    shape: one of three kinds. scale: half the width as a share of the picture, uniform in [0.12, 0.22]. angle: uniform
    in [0, pi / 2) radians; a quarter turn is the symmetry of the square, so every angle in it shows. x, y: the centre,
    rightwards and downwards, uniform in [0.34, 0.66] of the picture; no shape is cut off. Values are 8-bit.

    Reference:
        Matthey, Higgins, Hassabis and Lerchner (2017), dSprites: disentanglement testing sprites dataset.
        https://github.com/google-deepmind/dsprites-dataset
    """
    random = generator(seed, "shapes")
    kind = torch.randint(3, (n,), generator=random)
    low, high = torch.tensor([0.12, 0.0, 0.34, 0.34]), torch.tensor([0.22, math.pi / 2, 0.66, 0.66])
    factors = torch.cat([kind[:, None], low + (high - low) * torch.rand(n, 4, generator=random)], 1)
    x = torch.cat([draw(f, size) for f in torch.split(factors, _CHUNK)])
    return Raw(
        "shapes",
        x.numpy(),
        y=kind.numpy(),
        event=Event((size, size, 1), "image", 0.0, 1.0, grid=256),
        unit=255.0,
        classes=KINDS,
        factors=factors,
        factor_names=FACTORS,
    )


def draw(factors: Tensor, size: int = 32) -> Tensor:
    """Pictures of the factors (n, 5), uint8 (n, size, size, 1).

    The grey value of a pixel is the share of it inside the shape, to first order: one half minus the signed distance of
    its centre from the outline, in pixels, between 0 and 1.

    Example:
        >>> picture = draw(torch.tensor([[0.0, 0.25, 0.0, 0.5, 0.5]]), 32)  # a square over a quarter of the area
        >>> picture.shape, round(picture.float().mean().item() / 255, 3)
        (torch.Size([1, 32, 32, 1]), 0.25)
    """
    kind, scale, angle, x, y = factors[..., None, None].unbind(1)  # (n, 1, 1)
    centres = (torch.arange(size) + 0.5) / size
    right, down = (centres[None, None, :] - x) / scale, (centres[None, :, None] - y) / scale
    u = angle.cos() * right + angle.sin() * down  # along the shape's own axes, in units of its half width
    v = angle.cos() * down - angle.sin() * right
    outside = torch.empty_like(u)
    for number, distance in enumerate((square, ellipse, heart)):
        rows = kind.flatten() == number
        outside[rows] = distance(u[rows], v[rows])
    share = (0.5 - outside * scale * size).clamp(0.0, 1.0)
    return (255.0 * share).round().to(torch.uint8)[..., None]


def square(u: Tensor, v: Tensor) -> Tensor:
    """Signed distance from the outline of the square [-1, 1]^2, negative inside; exact but for the corners."""
    return torch.maximum(u.abs(), v.abs()) - 1.0


def ellipse(u: Tensor, v: Tensor) -> Tensor:
    """Signed distance from the outline u^2 + 4 v^2 = 1, to first order: f / |grad f|."""
    r = (u.square() + 4.0 * v.square()).sqrt()
    return (r - 1.0) * r / (u.square() + 16.0 * v.square()).sqrt().clamp(min=1e-6)


def heart(u: Tensor, v: Tensor) -> Tensor:
    """Signed distance from the outline a^3 = s^2 t^3, a = s^2 + t^2 - 1, to first order: f / |grad f|.

    Here s = 1.15 u and t = 0.1 - 1.2 v: the scales fit the curve into [-1, 1]^2, and t points upwards where pictures
    count downwards.
    """
    s, t = 1.15 * u, 0.1 - 1.2 * v
    s2, t2 = s.square(), t.square()
    a = s2 + t2 - 1.0
    a2 = a.square()
    along_u = 1.15 * s * (6.0 * a2 - 2.0 * t2 * t)
    along_v = 1.2 * t * (6.0 * a2 - 3.0 * s2 * t)
    return (a2 * a - s2 * t2 * t) / (along_u.square() + along_v.square()).sqrt().clamp(min=1e-6)
