"""Equal rows, found by hash: no comparison of every pair, no Python per row."""

import numpy as np
import torch
from torch import Tensor

from .pages import ease

_CHUNK = 1 << 22  # values hashed at a time


def hashes(x: Tensor, rows: Tensor) -> Tensor:
    r"""A 64-bit number per row, (len(rows),) int64: equal for equal rows, different for others but for chance.

        h(x) = sum_b w_b x_b mod 2^64, over the bytes x_b of the row, w_b odd and random

    Two different rows agree with probability at most 2^-57.

    Example:
        >>> h = hashes(torch.tensor([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0]]), torch.arange(3))
        >>> (h[0] == h[2]).item(), (h[0] == h[1]).item()
        (True, False)
    """
    size = max(1, x[:1].numel() * x.element_size())
    weights = np.random.default_rng(0).integers(1 << 63, size=size, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    found = []
    for part in torch.split(rows, max(1, _CHUNK // size)):
        values = x.index_select(0, part.to(x.device)).cpu().flatten(1).contiguous().numpy()
        found.append(values.view(np.uint8).astype(np.uint64) @ weights)
        ease()
    joined = np.concatenate(found) if found else np.zeros(0, np.uint64)
    return torch.from_numpy(joined.view(np.int64))


def repeated(h: Tensor) -> int:
    """How many rows repeat an earlier one."""
    return len(h) - len(torch.unique(h))
