"""Grid: a mixture of twenty-five narrow Gaussians on a square lattice."""

import torch

from ...core.seeds import generator
from ..raw import Raw

ABOUT = "10,000 points in the plane: 25 narrow modes on {-4, -2, 0, 2, 4} squared, standard deviation 0.05"


def load(seed: int, n: int = 10_000, sigma: float = 0.05) -> Raw:
    r"""x = c_k + sigma e with c_k in {-4, -2, 0, 2, 4}^2, k uniform, e ~ N(0, I); the label is k = 5 column + row.

    Reference:
        Lin, Khetan, Fanti and Oh (2018), PacGAN: the power of two samples in generative adversarial networks.
        https://arxiv.org/abs/1712.04086
    """
    random = generator(seed, "grid")
    mode = torch.randint(25, (n,), generator=random)
    centre = 2.0 * torch.stack([mode // 5, mode % 5], 1) - 4.0
    x = centre + sigma * torch.randn(n, 2, generator=random)
    return Raw("grid", x.numpy(), y=mode.numpy(), classes=tuple(str(k) for k in range(25)))
