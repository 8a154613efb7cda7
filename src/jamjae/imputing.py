"""From a run and examples with gaps to examples without."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import torch
from torch import Tensor

from . import conformal
from .asked import of_examples
from .core.errors import Undefined, UsageError, require, unknown
from .core.event import Event
from .core.seeds import generator, isolated, reseed
from .core.shapes import missing
from .data.infer import layout
from .data.like import like
from .data.raw import Raw
from .data.read import find_like
from .filling import METHODS, Filled, levels
from .imputed import Imputed
from .kept import Kept
from .models.latent import LatentModel
from .scoring import split

FOLDS = 10  # every observed cell of a validation example is hidden once, a tenth of them at a time
ROWS = 200  # validation examples, at most


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


def imputed(run: Kept, source: Any, way: Way = Way(), labels: Any = None, calibrate: bool = True) -> Imputed:
    """Examples with their gaps filled in; see docs/imputation.md for when it misleads.

    Arguments:
        run: Fitted on data that may have gaps.
        source: What `encode` takes; NaN, or an empty cell of a table, is a gap.
        way: How.
        labels: Of the examples, which a conditional model needs.
        calibrate: Whether intervals are held against cells hidden in the validation split.

    Raises:
        Undefined: Where missing cells have no distribution under this model.

    Example:
        >>> import tempfile
        >>> from jamjae import fit
        >>> x = np.random.default_rng(0).normal(size=(200, 1)) + np.zeros((200, 3))
        >>> x[::7, 1] = np.nan
        >>> run = fit("miwae", x, missing=True, epochs=1, runs=tempfile.mkdtemp())
        >>> found = imputed(run, x)
        >>> int(found.missing.sum()), bool(np.isnan(found.values).any())
        (29, False)
    """
    event = run.model.event
    if not event.missing:
        raise Undefined(f"{run.folder} was fitted on examples without gaps: fit with missing=True (--missing)")
    raw, about = find_like(source, event, labels, run.form), run.spec["data"]
    x = like(raw, event, about["binarise"], about["unit"])
    gaps = missing(x).numpy()
    rows = filled(run.model, x, of_examples(run.model, raw, len(x), run.classes), way)
    factors = calibration(run, way) if calibrate and gaps.any() else None
    low, high = stretched(rows, factors, run)
    given = original(raw, x)
    return Imputed(
        np.where(gaps, rows.mean, given).astype(given.dtype),
        gaps,
        low,
        high,
        np.where(gaps, rows.draws, given).astype(given.dtype),
        rows.classes,
        rows.trust,
        way.interval,
        factors,
        way.method,
        raw.frame,
        raw.form,
    )


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


def calibration(run: Kept, way: Way) -> np.ndarray | None:
    """How much the intervals of every cell must be stretched, (*event); None where the validation split is too small.

    Raises:
        UsageError: If the run's data is not at hand.
    """
    if run.spec["data"]["source"] is None and "dataset" not in run.__dict__:
        raise UsageError(
            f"intervals are calibrated on the validation split, and {run.folder} was fitted on an array: pass it "
            "again, jj.load(folder, x), or --data FILE; or leave the intervals as they are: calibrate=False."
        )
    x, y = split(run, "validation", way.seed)
    x, y = x[:ROWS], None if y is None else y[:ROWS]
    fold = torch.rand(x.shape, generator=generator(way.seed, "impute", "folds")).flatten(1).argsort(1) % FOLDS
    fold = fold.reshape(x.shape)
    found = np.full(x.shape, np.nan)
    for number in range(FOLDS):
        hidden = (fold == number) & ~missing(x)
        rows = filled(run.model, torch.where(hidden, torch.nan, x), y, way)
        scores = conformal.scores(x.numpy(), rows.mean, rows.low, rows.high, spread(run).numpy())
        found = np.where(hidden.numpy(), scores, found)
    return conformal.factors(found.reshape(len(x), -1), way.interval)


def spread(run: Kept) -> Tensor:
    """Standard deviation of every cell over the training examples."""
    return run.model.likelihood.spread(split(run, "train", 0)[0]).expand(run.model.event.shape)


def stretched(rows: Rows, factors: np.ndarray | None, run: Kept) -> tuple[np.ndarray, np.ndarray]:
    """The intervals under these factors, within the values that a cell can have."""
    if factors is None:
        return rows.low, rows.high
    below, above = conformal.sides(rows.mean, rows.low, rows.high, spread(run).numpy())
    least, most = limits(run.model.event)
    by = factors.reshape(run.model.event.shape)
    ends = (rows.mean - by * below, rows.mean + by * above)
    low, high = (np.clip(end, least, most).astype(np.float32) for end in ends)
    return low, high


def limits(event: Event) -> tuple[np.ndarray, float]:
    """Smallest and largest value of every cell."""
    counted = [c.kind in ("positive", "count") for c in event.columns]
    return np.where(counted, 0.0, event.low) if counted else np.full(event.shape, event.low), event.high


def original(raw: Raw, x: Tensor) -> np.ndarray:
    """The examples in the precision in which they came."""
    if raw.event is not None:
        return x.numpy()
    given = np.asarray(raw.x)
    given = given.reshape(x.shape) if x.ndim == 2 else layout(given)[0]
    return given if given.shape == x.shape and given.dtype.kind == "f" else x.numpy()
