"""Batches: full, of one shape, and a function of (seed, step).

Step t takes rows [t B, (t+1) B) of the endless concatenation of permutation(seed, epoch), so that no batch is ragged,
every example is seen once per epoch, and nothing has to be saved to go on from any step.
"""

import torch
from torch import Tensor

from ..core.seeds import generator, reseed
from ..core.shapes import missing
from ..data.dataset import Dataset
from ..objectives.base import Batch


class Order:
    """Rows in an endless row of permutations, so many a step.

    Arguments:
        rows: Row numbers, (n,).
        size: How many a step takes.
        key: Of the permutations.
    """

    def __init__(self, rows: Tensor, size: int, *key: object) -> None:
        self.rows, self.size, self.key = rows, size, key
        self._epochs: dict[int, Tensor] = {}

    def epoch(self, number: int) -> Tensor:
        """The permuted rows of one epoch."""
        if number not in self._epochs:
            if len(self._epochs) > 1:
                self._epochs.clear()
            permutation = torch.randperm(len(self.rows), generator=generator(*self.key, number))
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
        dataset: Resident on the training device.
        size: Examples a batch.
        seed: Of the order and of the binarisation.
        labelled: Share of every batch that is kept for examples with a label, in an endless row of their own; where all
            examples have one, or none has, the share is 0. The others come as always.
    """

    def __init__(self, dataset: Dataset, size: int, seed: int, labelled: float = 0.0) -> None:
        self.dataset, self.seed = dataset, seed
        self.rows = dataset.rows("train").to(dataset.x.device)
        known = self.rows[:0] if dataset.y is None else self.rows[~missing(dataset.y[self.rows])]
        kept = round(labelled * size) if 0 < len(known) < len(self.rows) else 0
        self.orders = Order(known, kept, seed, "labelled"), Order(self.rows, size - kept, seed, "order")

    def indices(self, step: int) -> Tensor:
        """The rows of one batch, (size,)."""
        return torch.cat([order.indices(step) for order in self.orders])

    def batch(self, step: int) -> Batch:
        """The batch of one step; binarisation draws from the key (seed, "batch", step)."""
        rows = self.indices(step)
        reseed(self.seed, "batch", step)
        x = self.dataset.take(rows)
        return Batch(x, None if self.dataset.y is None else self.dataset.y[rows], len(self.rows))
