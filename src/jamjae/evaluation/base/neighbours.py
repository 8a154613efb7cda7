"""Distances between rows of features: who is nearest, and how far the k-th neighbour is."""

from collections.abc import Iterator

import torch
from torch import Tensor

BLOCK = 500  # rows at a time
NEIGHBOURS = 5  # whose distance is the radius of a ball
ROUNDING = 1e-12  # of a squared distance, beside the squared lengths


def squared(a: Tensor, b: Tensor) -> Iterator[Tensor]:
    """Squared distances of 500 rows of a (n, F) at a time to all of b (m, F), (500, m); equal rows are exactly 0."""
    lengths = b.square().sum(1)
    for part in torch.split(a, BLOCK):
        size = part.square().sum(1, keepdim=True) + lengths
        found = size - 2 * part @ b.T
        yield torch.where(found < ROUNDING * size, 0.0, found)


def nearest(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Squared distance of every row of a to the nearest of b, and which one that is, (n,) each."""
    found = [part.min(1) for part in squared(a, b)]
    return torch.cat([f.values for f in found]), torch.cat([f.indices for f in found])


def radii(x: Tensor, k: int) -> Tensor:
    """Squared distance of every row of x (n, F) to its k-th nearest other row, (n,)."""
    return torch.cat([part.kthvalue(k + 1, 1).values for part in squared(x, x)])  # the row itself comes first


def balls(real: Tensor, k: int = NEIGHBOURS, clip: bool = True) -> Tensor:
    """Squared radii of balls around rows (n, F): to the k-th nearest other row, at most the median of that."""
    found = radii(real, k)
    return found.clamp(max=found.median().item()) if clip else found


def inside(points: Tensor, centres: Tensor, squared_radii: Tensor) -> tuple[Tensor, Tensor]:
    """In how many balls every point (n, F) lies, (n,), and how many points every ball (m, F) holds, (m,)."""
    hits = [part <= squared_radii * (1 + 1e-9) for part in squared(points, centres)]
    held = torch.stack([h.sum(0) for h in hits]).sum(0)
    return torch.cat([h.sum(1) for h in hits]), held


def on(real: Tensor, points: Tensor, k: int) -> Tensor:
    """1.0 for every point (n, F) that lies in the ball of some real row (m, F), (n,)."""
    return (inside(points, real, balls(real, k))[0] > 0).double()
