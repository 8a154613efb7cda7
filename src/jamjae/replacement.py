"""Which column makes an example strange, for scores that are no sum over columns: replace it and look again.

    c_d = s(x) - s(x with x_d replaced by the median of column d among the training examples)

of categories, which have no median, by the most frequent one.

Each column is replaced alone. So the c_d do not add up to the score, and of two columns that say the same neither
matters much.

Reference:
    Lundberg and Lee (2017), A unified approach to interpreting model predictions. https://arxiv.org/abs/1705.07874
    (c_d is the change from the full set of columns to the one without d, with one reference value.)
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from .core.event import Event
from .core.shapes import missing
from .judge import Judge, Kind

EXPLAINED = 100  # examples, the strangest first: each costs as many scores as it has columns


def replaceable(event: Event) -> bool:
    """Whether cells have a meaning alone: columns do, pixels and words do not."""
    return event.kind in ("vector", "table") and len(event.shape) == 1


def usual(event: Event, x: Tensor) -> Tensor:
    """The median of every column of x (n, columns), of categories the most frequent one, (columns,)."""
    names = {k for k, column in enumerate(event.columns) if column.kind == "categorical"}
    named = names if event.columns else set(range(x.shape[1])) if event.levels > 2 else set()
    seen = (c if (gone := missing(c)).all() else c[~gone] for c in x.unbind(1))
    return torch.stack([(c.mode(0) if k in named else c.median(0)).values for k, c in enumerate(seen)])


def replaced(judge: Judge, kind: Kind, x: Any, y: Tensor | None, scores: Tensor, asked: np.ndarray) -> np.ndarray:
    """c of the 100 strangest of the examples x (n, columns) that are asked for, (n, columns); NaN of all others.

    Arguments:
        judge: Whose scores.
        kind: Of score.
        x: Examples, of which slices can be had.
        y: Their labels, for a conditional model.
        scores: Of the examples, (n,).
        asked: Which examples, (n,), true or false.
    """
    found = np.full((len(x), *judge.model.event.shape), np.nan)
    rows = torch.from_numpy(np.flatnonzero(asked))
    rows = rows[scores[rows].argsort(descending=True, stable=True)[:EXPLAINED]]
    if not len(rows):
        return found
    middle = usual(judge.model.event, judge.training[0])
    labels = None if y is None else y[rows]
    own = torch.cat([x[row : row + 1] for row in rows.tolist()])  # one by one: x may lie in a file
    for column in range(found.shape[1]):
        changed = own.clone()
        gone = missing(changed[:, column])
        changed[:, column] = torch.where(gone, changed[:, column], middle[column])
        c = (scores[rows] - kind(judge, changed, labels)[0]).masked_fill(gone, 0.0)
        found[rows.numpy(), column] = c.numpy()
    return found
