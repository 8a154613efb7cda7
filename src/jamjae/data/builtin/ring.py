"""Ring: a mixture of eight narrow Gaussians on the unit circle."""

import math

import torch

from ...core.seeds import generator
from ..modes import Modes
from ..raw import Raw

ABOUT = "10,000 points in the plane: 8 narrow modes on a circle of radius 1, standard deviation 0.01"


def load(seed: int, n: int = 10_000, modes: int = 8, sigma: float = 0.01) -> Raw:
    r"""x = (cos a_k, sin a_k) + sigma e with a_k = 2 pi k / modes, k uniform, e ~ N(0, I); the label is k.

    Reference:
        Lin, Khetan, Fanti and Oh (2018), PacGAN: the power of two samples in generative adversarial networks.
        https://arxiv.org/abs/1712.04086
    """
    random = generator(seed, "ring")
    mode = torch.randint(modes, (n,), generator=random)
    angle = torch.arange(modes) * (2 * math.pi / modes)
    centres = torch.stack([angle.cos(), angle.sin()], 1)
    x = centres[mode] + sigma * torch.randn(n, 2, generator=random)
    names = tuple(str(k) for k in range(modes))
    return Raw("ring", x.numpy(), y=mode.numpy(), classes=names, modes=Modes(centres, sigma))
