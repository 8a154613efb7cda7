"""Which column makes an example strange, for scores that are no sum over columns: replace it and look again.

    c_d = s(x) - s(x with x_d replaced by the median of column d among the training examples)

Each column is replaced alone. So the c_d do not add up to the score, and of two columns that say the same neither
matters much.

Reference:
    Lundberg and Lee (2017), A unified approach to interpreting model predictions. https://arxiv.org/abs/1705.07874
    (c_d is the change from the full set of columns to the one without d, with one reference value.)
"""

import numpy as np
import torch
from torch import Tensor

from .core.event import Event
from .core.shapes import missing
from .judge import Judge, Kind

EXPLAINED = 100  # examples, the strangest first: each costs as many scores as it has columns


def replaceable(event: Event) -> bool:
    """Whether cells have a meaning alone and a median: columns do, pixels and categories do not."""
    return event.kind in ("vector", "table") and event.levels <= 2


def replaced(judge: Judge, kind: Kind, x: Tensor, y: Tensor | None, scores: Tensor, asked: np.ndarray) -> np.ndarray:
    """c of the 100 strangest of the examples x (n, *event) that are asked for, (n, *event); NaN of all others.

    Arguments:
        judge: Whose scores.
        kind: Of score.
        x: Examples.
        y: Their labels, for a conditional model.
        scores: Of the examples, (n,).
        asked: Which examples, (n,), true or false.
    """
    found = np.full(x.shape, np.nan)
    rows = torch.from_numpy(np.flatnonzero(asked))
    rows = rows[scores[rows].argsort(descending=True, stable=True)[:EXPLAINED]]
    if not len(rows):
        return found
    middle = judge.training[0].nanmedian(0).values
    labels = None if y is None else y[rows]
    for cell in np.ndindex(x.shape[1:]):
        changed = x[rows].clone()
        at = (slice(None), *cell)
        gone = missing(changed[at])
        changed[at] = torch.where(gone, changed[at], middle[cell])
        c = (scores[rows] - kind(judge, changed, labels)[0]).masked_fill(gone, 0.0)
        found[(rows.numpy(), *cell)] = c.numpy()
    return found
