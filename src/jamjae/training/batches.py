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
from ..core.shapes import missing
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


class Order:
    """Rows in an endless row of permutations, so many a step.

    Arguments:
        rows: Row numbers, (n,).
        size: How many a step takes.
        block: Neighbours of a block, where rows are permuted by blocks; 0: one by one.
        key: Of the permutations.
    """

    def __init__(self, rows: Tensor, size: int, block: int, *key: object) -> None:
        self.rows, self.size, self.block, self.key = rows.sort().values if block else rows, size, block, key
        self._epochs: dict[int, Tensor] = {}

    def epoch(self, number: int) -> Tensor:
        """The permuted rows of one epoch."""
        if number not in self._epochs:
            if len(self._epochs) > 1:
                self._epochs.clear()
            n, random = len(self.rows), generator(*self.key, number)
            permutation = blockwise(n, self.block, random) if self.block else torch.randperm(n, generator=random)
            self._epochs[number] = self.rows[permutation.to(self.rows.device)]
        return self._epochs[number]

    def indices(self, step: int) -> Tensor:
        """The rows of one step, (size,)."""
        n, start, stop = len(self.rows), step * self.size, (step + 1) * self.size
        pieces = [self.rows[:0]]
        while start < stop:
            epoch, at = divmod(start, n)
            pieces.append(self.epoch(epoch)[at : min(n, at + stop - start)])
            start += len(pieces[-1])
        return torch.cat(pieces)


class Batches:
    """The training split as an endless row of batches.

    Arguments:
        dataset: On the training device.
        size: Examples a batch.
        seed: Of the order and of the binarisation.
        labelled: Share of every batch that is kept for examples with a label, in an endless row of their own; where all
            examples have one, or none has, the share is 0. The others come as always.
        by_blocks: Whether rows are permuted by blocks, or one by one.
    """

    def __init__(self, dataset: Dataset, size: int, seed: int, labelled: float = 0.0, by_blocks: bool = False) -> None:
        self.dataset, self.seed = dataset, seed
        block = max(1, BLOCK // (dataset.x[0].numel() * dataset.x.element_size())) if by_blocks else 0
        self.rows = dataset.rows("train").to(dataset.x.device)
        y = dataset.labels(self.rows)
        known = self.rows[:0] if y is None else self.rows[~missing(y).to(self.rows.device)]
        kept = round(labelled * size) if 0 < len(known) < len(self.rows) else 0
        self.orders = Order(known, kept, block, seed, "labelled"), Order(self.rows, size - kept, block, seed, "order")
        ahead = dataset.mapped and by_blocks
        self.ahead = [Ahead(dataset.x, order, block * BUFFER) for order in self.orders if ahead and order.size]

    def indices(self, step: int) -> Tensor:
        """The rows of one batch, (size,)."""
        return torch.cat([order.indices(step) for order in self.orders])

    def batch(self, step: int) -> Batch:
        """The batch of one step; binarisation draws from the key (seed, "batch", step)."""
        rows = self.indices(step)
        for ahead in self.ahead:
            ahead.at(step)
        reseed(self.seed, "batch", step)
        x = self.dataset.take(rows)
        return Batch(x, self.dataset.labels(rows), len(self.rows))
