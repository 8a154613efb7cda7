"""Moons: two interleaved half circles."""

import math

import torch

from ...core.seeds import generator
from ..raw import Raw

ABOUT = "10,000 points in the plane: two interleaved half circles with noise 0.05"


def load(seed: int, n: int = 10_000, sigma: float = 0.05) -> Raw:
    r"""x = (cos a, sin a) + sigma e or (1 - cos a, 1/2 - sin a) + sigma e, a uniform in [0, pi]; the label is the moon.

    Reference:
        Pedregosa et al. (2011), Scikit-learn: machine learning in Python (`make_moons`). https://jmlr.org/papers/v12/pedregosa11a.html
    """
    random = generator(seed, "moons")
    moon = torch.randint(2, (n,), generator=random)
    angle = math.pi * torch.rand(n, generator=random)
    sign = 1.0 - 2.0 * moon
    x = torch.stack([moon + sign * angle.cos(), 0.5 * moon + sign * angle.sin()], 1)
    x = x + sigma * torch.randn(n, 2, generator=random)
    return Raw("moons", x.numpy(), y=moon.numpy(), classes=("upper", "lower"))
