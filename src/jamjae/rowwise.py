"""Examples with gaps, filled in one by one: none depends on the others."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import torch
from torch import Tensor

from .core.errors import require, unknown
from .core.seeds import isolated, reseed
from .core.shapes import missing
from .filling import METHODS, Filled, levels
from .models.latent import LatentModel


@dataclass(frozen=True)
class Way:
    """How gaps are filled in.

    Arguments:
        method: "importance" or "gibbs".
        samples: Draws for each example.
        draws: How many completed examples are kept, for multiple imputation.
        interval: Share of the missing cells that the intervals are to cover.
        seed: Of the draws.
    """

    method: str = "importance"
    samples: int = 500
    draws: int = 10
    interval: float = 0.9
    seed: int = 0

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise unknown("method", self.method, METHODS)
        fits = 0 <= self.draws <= self.samples
        require(fits, "`draws` must be between 0 and `samples`", self.draws, "Pass draws=10.")
        require(0 < self.interval < 1, "`interval` must lie between 0 and 1", self.interval, "Pass interval=0.9.")


@dataclass(frozen=True)
class Rows:
    """What was found for examples (n, *event): see `Imputed`. Observed cells hold what was observed."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    draws: np.ndarray
    classes: np.ndarray | None
    trust: np.ndarray


def filled(model: LatentModel, x: Tensor, y: Tensor | None, way: Way) -> Rows:
    """Every example on its own; those without gaps as they are."""
    known = levels(model.event).numpy()
    full = x.numpy()
    found = Rows(
        full.copy(),
        np.full(x.shape, np.nan, np.float32),
        np.full(x.shape, np.nan, np.float32),
        np.broadcast_to(full, (way.draws, *full.shape)).copy(),
        np.full((*x.shape, known.max()), np.nan, np.float32) if known.any() else None,
        np.full(len(x), np.nan),
    )
    with isolated("impute"), torch.no_grad():
        for row, key in keys(x, y):
            reseed(way.seed, "impute", key)
            one = METHODS[way.method](model, x[row, None], None if y is None else y[row, None], way.samples)
            put(found, row, one, missing(x[row]).numpy(), known, way)
    return found


def keys(x: Tensor, y: Tensor | None) -> Iterator[tuple[int, tuple[str, int]]]:
    """Examples with gaps by number, each with what its draws depend on: the example, and how many equal ones came
    before. So the others do not change it, and equal rows get draws of their own."""
    seen: Counter[str] = Counter()
    for row in missing(x).flatten(1).any(1).nonzero().flatten().tolist():
        content = x[row].numpy().tobytes() + (b"" if y is None else y[row].numpy().tobytes())
        digest = blake2b(content, digest_size=16).hexdigest()
        yield row, (digest, seen[digest])
        seen[digest] += 1


def put(found: Rows, row: int, one: Filled, gaps: np.ndarray, known: np.ndarray, way: Way) -> None:
    """One example's answer into the arrays."""
    found.mean[row][gaps] = one.mean.numpy()[gaps]
    found.draws[:, row] = one.draws[: way.draws].numpy()
    found.trust[row] = one.trust
    numbers = gaps & (known == 0)
    ends = [(1 - way.interval) / 2, (1 + way.interval) / 2]
    found.low[row][numbers], found.high[row][numbers] = np.quantile(one.draws.numpy()[:, numbers], ends, axis=0)
    if found.classes is not None and one.classes is not None:
        possible = np.arange(found.classes.shape[-1]) < known[..., None]
        found.classes[row] = np.where(gaps[..., None] & possible, one.classes.numpy(), np.nan)
