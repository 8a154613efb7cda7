"""How many of the categories of an example come back."""

import torch
from torch import Tensor

from ..core.errors import Undefined
from ..core.shapes import missing
from .base import Measurement, Subject, metric, normal, over_examples


@metric(title="Categories that come back on new examples", unit="share", better="higher")
def accuracy(subject: Subject) -> Measurement:
    r"""Share of the cells of a test example that are the same after a pass through the code; higher is better.

        A = E_x (1 / |seen|) sum_{d seen} [x_d = x'_d],   x' = the likelihood's point at the posterior's point

    Missing cells do not count. Of text, the cells are tokens at their places, the one that ends it included, and x' is
    written from the code alone: after one token too many, the rest stands at other places and counts as wrong.
    Baseline: the most frequent category of every cell among the training examples. `details` holds the difference,
    paired by example, with its interval, and the share of examples that come back whole ("whole").

    Cost: one encoding and one decoding per test example.

    Failure modes: undefined for real numbers and for tables, whose columns differ. A sentence in other words with the
    same meaning counts as wrong.

    Reference:
        Bowman et al. (2016), Generating sentences from a continuous space. https://arxiv.org/abs/1511.06349
    """
    event = subject.dataset.event
    if event.levels <= 2 or event.kind == "table":
        raise Undefined("the values are no categories; see `reconstruction`")
    usual = frequent(subject.train[0], event.levels)
    found = subject.sweep("accuracy", lambda x, y: shares(x, subject.model.reconstruct(x, y)), subject.rows)
    simple = subject.sweep("frequent", lambda x, y: shares(x, usual.to(x.device).expand_as(x)), subject.rows)
    seen = ~found.isnan()
    if seen.sum() < 2:
        raise Undefined("no test example has an observed cell")
    difference = found[seen] - simple[seen]
    low, high = normal(difference)
    return over_examples(
        found[seen],
        baseline=simple[seen].mean().item(),
        baseline_name="the most frequent of each cell",
        flag="not better than the most frequent category of each cell" if low <= 0 else "",
        details={
            "difference": difference.mean().item(),
            "difference_interval": [low, high],
            "whole": (found[seen] == 1).double().mean().item(),
        },
    )


def shares(x: Tensor, restored: Tensor) -> Tensor:
    """Share of the observed cells of every example (B, *event) that are the same, (B,); NaN where none was observed.

    Example:
        >>> shares(torch.tensor([[1, 2, -1], [-1, -1, -1]]), torch.tensor([[1, 0, 3], [1, 1, 1]])).tolist()
        [0.5, nan]
    """
    seen = ~missing(x).flatten(1)
    return ((x == restored).flatten(1) & seen).sum(1) / seen.sum(1).double()


def frequent(x: Tensor, levels: int) -> Tensor:
    """The most frequent category of every cell of examples x (n, *event), (*event,).

    Example:
        >>> frequent(torch.tensor([[1, -1], [1, 2], [0, 2]]), 3).tolist()
        [1, 2]
    """
    counts = torch.stack([(x == k).sum(0) for k in range(levels)], -1)
    return counts.argmax(-1)
