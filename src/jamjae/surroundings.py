r"""How far a point is from others on every scale at once: no number of neighbours has to be chosen.

    d(x) = 1/|S| sum_{s in S} E min_{j in J_s} |x - x_j|,   S = {1, 2, 4, ..., < m}, J_s a random s of the m points

With the distances in rising order, d_1 <= ... <= d_m, the expectation is exact and nothing is drawn:

    E min_{j in J_s} |x - x_j| = sum_k d_k C(m - k, s - 1) / C(m, s)

Of few points the nearest tells how far x lies from the whole, of many what its own surroundings look like. Anomalies
that lie together hide each other from their nearest neighbours; in a small random part they are rarely two.

Reference:
    Sugiyama and Borgwardt (2013), Rapid distance-based outlier detection via sampling. Advances in Neural Information
    Processing Systems 26; (one random part, of 20 points)
    Aggarwal and Sathe (2015), Theoretical foundations and algorithms for outlier ensembles. SIGKDD Explorations 17(1).
    https://doi.org/10.1145/2830544.2830549 (parts of many sizes)
"""

import numpy as np
import torch
from torch import Tensor

from .core.errors import Undefined

SAME = 1e-5  # of the points' deviation: two passes of one example through an encoder differ by less
BLOCK = 500  # rows of the matrix of distances at a time


def sizes(m: int) -> list[int]:
    """1, 2, 4, ... below m.

    Example:
        >>> sizes(9), sizes(8)
        ([1, 2, 4, 8], [1, 2, 4])
    """
    return [2**k for k in range((m - 1).bit_length())]


def weights(m: int, sizes: list[int]) -> np.ndarray:
    """What the k-th nearest of m points counts, (m,), sum 1: how often it is the nearest of a random part of them.

    Example:
        >>> weights(3, [1, 2]).round(3).tolist()  # of one: a third each; of two: C(3 - k, 1) / 3
        [0.5, 0.333, 0.167]
    """
    k = np.arange(1, m)
    stay = [np.clip((m - k - s + 1) / (m - k), 0, None) for s in sizes]
    return np.mean([s / m * np.cumprod([1.0, *part]) for s, part in zip(sizes, stay, strict=True)], axis=0)


def away(points: Tensor, known: Tensor) -> Tensor:
    """d of every point (n, D) from the known ones (m, D), (n,), float64.

    A known point at no distance is taken for that of the example itself, and one such is left out.

    Raises:
        Undefined: If fewer than two are known.
    """
    known, m = known.double(), len(known)
    if m < 2:
        raise Undefined("distances from training examples need at least two of them")
    near = SAME * float(known.std(0, correction=0).max())
    others, rest = (weights(count, sizes(m)) for count in (m, m - 1))
    found = []
    for part in points.double().split(BLOCK):
        distances = torch.cdist(part, known, compute_mode="donot_use_mm_for_euclid_dist").numpy()
        distances.sort(1)
        found.append(np.where(distances[:, 0] <= near, distances[:, 1:] @ rest, distances @ others))
    return torch.from_numpy(np.concatenate(found))
