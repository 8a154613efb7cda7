"""All examples of a data set without holding them: a slice of them is taken when it is asked for."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ..core.seeds import generator
from .dataset import Dataset


@dataclass(frozen=True)
class Taken:
    """Examples as the model sees them, (n, *event), for who asks for one part after the other.

    Arguments:
        dataset: The data, in a mapped file.
        key: Of the bits of stochastic binarisation: the same slice has the same bits every time.

    Example:
        >>> from jamjae.data import read
        >>> x = Taken(read([[1.0, 2.0], [3.0, 4.5], [5.0, 6.0]]), "all")
        >>> len(x), x[1:].tolist()
        (3, [[3.0, 4.5], [5.0, 6.0]])
    """

    dataset: Dataset
    key: object

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, part: slice) -> Tensor:
        start, stop, _ = part.indices(len(self))
        return self.dataset.take(torch.arange(start, stop), generator(self.key, start))


def everything(dataset: Dataset, *key: object) -> Tensor | Taken:
    """All examples: in memory, or one part after the other where they lie in a mapped file."""
    return Taken(dataset, key) if dataset.mapped else dataset.take(torch.arange(len(dataset)), generator(*key))
