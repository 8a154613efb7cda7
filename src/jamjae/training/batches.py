"""Batches: full, of one shape, and a function of (seed, step).

Step t takes rows [t B, (t+1) B) of the endless concatenation of permutation(seed, epoch), so that no batch is ragged,
every example is seen once per epoch, and nothing has to be saved to go on from any step.
"""

import torch
from torch import Tensor

from ..core.seeds import generator, reseed
from ..data.dataset import Dataset
from ..objectives.base import Batch


class Batches:
    """The training split as an endless row of batches.

    Arguments:
        dataset: Resident on the training device.
        size: Examples a batch.
        seed: Of the order and of the binarisation.
    """

    def __init__(self, dataset: Dataset, size: int, seed: int) -> None:
        self.dataset, self.size, self.seed = dataset, size, seed
        self.rows = dataset.rows("train").to(dataset.x.device)
        self._orders: dict[int, Tensor] = {}

    def order(self, epoch: int) -> Tensor:
        """The permuted rows of one epoch."""
        if epoch not in self._orders:
            if len(self._orders) > 1:
                self._orders.clear()
            permutation = torch.randperm(len(self.rows), generator=generator(self.seed, "order", epoch))
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
        reseed(self.seed, "batch", step)
        x = self.dataset.take(rows)
        return Batch(x, None if self.dataset.y is None else self.dataset.y[rows], len(self.rows))
