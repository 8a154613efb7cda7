"""Modes that are known: where a mixture of equal, narrow, round Gaussians has its peaks."""

from dataclasses import dataclass

import torch
from torch import Tensor

NEAR = 3.0  # standard deviations from a centre within which an example counts as one of its mode
FEWEST = 0.008  # share of the examples that makes a mode count for certain: 20 of 2,500


@dataclass(frozen=True)
class Modes:
    """Centres c_k and the standard deviation sigma around each of them.

    Arguments:
        centres: Where the modes are, (K, D).
        deviation: Standard deviation of every mode along every axis, > 0.

    Reference:
        Srivastava et al. (2017), VEEGAN: reducing mode collapse in GANs using implicit variational learning.
        https://arxiv.org/abs/1705.07761

    Example:
        >>> modes = Modes(torch.tensor([[0.0, 0.0], [1.0, 0.0]]), 0.1)
        >>> x = torch.tensor([[0.0, 0.1], [0.1, 0.1], [0.4, 0.0], [0.8, 0.0]])
        >>> modes.counts(x).tolist(), modes.served(x).tolist(), len(modes)
        ([2, 1], [3, 1], 2)
    """

    centres: Tensor
    deviation: float

    def __len__(self) -> int:
        return len(self.centres)

    def nearest(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The nearest centre of examples x (n, *event), and the distance to it in standard deviations, (n,) each."""
        found = torch.cdist(x.flatten(1).double().cpu(), self.centres.double()).min(1)
        return found.indices, found.values / self.deviation

    def inside(self, x: Tensor) -> Tensor:
        """Which examples lie within 3 standard deviations of a centre, (n,)."""
        return self.nearest(x)[1] < NEAR

    def counts(self, x: Tensor) -> Tensor:
        """How many examples lie within 3 standard deviations of each centre, (K,)."""
        index, distance = self.nearest(x)
        return torch.bincount(index[distance < NEAR], minlength=len(self))

    def served(self, x: Tensor) -> Tensor:
        """How many examples are nearer to each centre than to any other, however far they are from it, (K,)."""
        return torch.bincount(self.nearest(x)[0], minlength=len(self))

    @property
    def near(self) -> float:
        """Share of the data's own law within 3 standard deviations: P(chi^2_D < 9)."""
        half = torch.tensor([self.centres.shape[1] / 2, NEAR**2 / 2], dtype=torch.float64)
        return float(torch.special.gammainc(*half))
