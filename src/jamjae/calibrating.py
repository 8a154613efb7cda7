"""Intervals of a run held against cells hidden in its validation split."""

import numpy as np
import torch
from torch import Tensor

from . import conformal
from .core.errors import UsageError
from .core.event import Event
from .core.seeds import generator
from .core.shapes import missing
from .kept import Kept
from .rowwise import Rows, Way, filled
from .scoring import split

FOLDS = 10  # every observed cell of a validation example is hidden once, a tenth of them at a time
ROWS = 200  # validation examples, at most


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
