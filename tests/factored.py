"""Subjects whose codes and factors are what a test says: what a metric of disentanglement is shown is known."""

import torch
from torch import Tensor

from jamjae import recipes
from jamjae.core import Event, isolated
from jamjae.data import Dataset
from jamjae.evaluation import Subject


def uniform(n: int = 2000, count: int = 3, seed: int = 0) -> Tensor:
    """Independent factors, uniform in [0, 1], (n, count)."""
    return torch.rand(n, count, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def knowing(codes: Tensor, factors: Tensor | None, y: Tensor | None = None, recipe: str = "ae") -> Subject:
    """A subject with these codes (n, axes): the first half are training examples, the second half test examples.

    The examples are linear in the factors (in the codes, where there are none), so that principal components know
    all, mixed.
    """
    n, half = len(codes), len(codes) // 2
    told = codes if factors is None else factors
    mix = torch.randn(told.shape[1], 12, generator=torch.Generator().manual_seed(9), dtype=torch.float64)
    x = (told.double() @ mix).float()
    splits = {"train": torch.arange(half), "validation": torch.arange(0), "test": torch.arange(half, n)}
    names = () if factors is None else tuple(f"f{k}" for k in range(factors.shape[1]))
    known = None if factors is None else factors.float()
    data = Dataset("made", Event((12,)), x, y, splits, factors=known, factor_names=names)
    with isolated(0):
        model, objective = recipes.assemble(recipes.find(recipe)(data.event), data.event, (codes.shape[1],))
    made = Subject(model, objective.name(), data)
    made.__dict__["_test_codes"] = codes[half:].double()
    made.__dict__["_train_codes"] = codes[made.train_rows].double()
    return made
