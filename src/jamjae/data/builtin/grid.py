"""Grid: a mixture of twenty-five narrow Gaussians on a square lattice."""

import torch

from ...core.seeds import generator
from ..modes import Modes
from ..raw import Raw

ABOUT = "10,000 points in the plane: 25 narrow modes on {-4, -2, 0, 2, 4} squared, standard deviation 0.05"


LATTICE = 2.0 * torch.cartesian_prod(torch.arange(5), torch.arange(5)) - 4.0  # column by column


def load(seed: int, n: int = 10_000, sigma: float = 0.05) -> Raw:
    r"""x = c_k + sigma e with c_k in {-4, -2, 0, 2, 4}^2, k uniform, e ~ N(0, I); the label is k = 5 column + row.

    Reference:
        Lin, Khetan, Fanti and Oh (2018), PacGAN: the power of two samples in generative adversarial networks.
        https://arxiv.org/abs/1712.04086
    """
    random = generator(seed, "grid")
    mode = torch.randint(25, (n,), generator=random)
    x = LATTICE[mode] + sigma * torch.randn(n, 2, generator=random)
    names = tuple(str(k) for k in range(25))
    return Raw("grid", x.numpy(), y=mode.numpy(), classes=names, modes=Modes(LATTICE, sigma))
