"""Batches: full, of one shape, and a function of (seed, step).

Step t takes rows [t B, (t+1) B) of the endless concatenation of permutation(seed, epoch), so that no batch is ragged,
every example is seen once per epoch, and nothing has to be saved to go on from any step.

Data that lie in a file are permuted by blocks of neighbours, 128 KiB each, which come in random order; the rows of
1,024 blocks at a time are mixed. A disk then reads pieces, not single rows, and the system's cache of files holds the
128 MiB that are mixed. Smaller data are mixed whole.
"""

import torch
from torch import Tensor

from ..core.seeds import generator, reseed
from ..data.dataset import Dataset
from ..objectives.base import Batch
from .ahead import Ahead

BLOCK = 1 << 17  # bytes of neighbouring rows that are read together: what systems read ahead
BUFFER = 1024  # blocks whose rows are mixed


def blockwise(n: int, block: int, generator: torch.Generator) -> Tensor:
    """A permutation of 0 .. n - 1 by blocks of so many neighbours, (n,) int64.

    Example:
        >>> order = blockwise(1000, 2, torch.Generator().manual_seed(0))
        >>> order.sort().values.equal(torch.arange(1000)), order.equal(torch.arange(1000))
        (True, False)
    """
    starts = torch.randperm(-(-n // block), generator=generator) * block
    rows = (starts[:, None] + torch.arange(block)).flatten()
    parts = rows[rows < n].split(block * BUFFER)
    return torch.cat([part[torch.randperm(len(part), generator=generator)] for part in parts])


class Batches:
    """The training split as an endless row of batches.

    Arguments:
        dataset: On the training device.
        size: Examples a batch.
        seed: Of the order and of the binarisation.
        by_blocks: Whether rows are permuted by blocks, or one by one.
    """

    def __init__(self, dataset: Dataset, size: int, seed: int, by_blocks: bool = False) -> None:
        self.dataset, self.size, self.seed = dataset, size, seed
        self.block = max(1, BLOCK // (dataset.x[0].numel() * dataset.x.element_size())) if by_blocks else 0
        rows = dataset.rows("train").to(dataset.x.device)
        self.rows = rows.sort().values if by_blocks else rows
        self._orders: dict[int, Tensor] = {}
        ahead = dataset.mapped and by_blocks
        self.ahead = Ahead(dataset.x, self.order, self.block, self.block * BUFFER) if ahead else None

    def order(self, epoch: int) -> Tensor:
        """The permuted rows of one epoch."""
        if epoch not in self._orders:
            if len(self._orders) > 1:
                self._orders.clear()
            n, random = len(self.rows), generator(self.seed, "order", epoch)
            permutation = blockwise(n, self.block, random) if self.block else torch.randperm(n, generator=random)
            self._orders[epoch] = self.rows[permutation.to(self.rows.device)]
        return self._orders[epoch]

    def indices(self, step: int) -> Tensor:
        """The rows of one batch, (size,)."""
        n, start, stop = len(self.rows), step * self.size, (step + 1) * self.size
        pieces = []
        while start < stop:
            epoch, at = divmod(start, n)
            pieces.append(self.order(epoch)[at : min(n, at + stop - start)])
            start += len(pieces[-1])
        return pieces[0] if len(pieces) == 1 else torch.cat(pieces)

    def batch(self, step: int) -> Batch:
        """The batch of one step; binarisation draws from the key (seed, "batch", step)."""
        rows = self.indices(step)
        if self.ahead is not None:
            self.ahead.at(*divmod(step * self.size, len(self.rows)))
        reseed(self.seed, "batch", step)
        x = self.dataset.take(rows)
        return Batch(x, self.dataset.labels(rows), len(self.rows))
