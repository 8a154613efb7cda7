"""How well the codes tell the classes apart."""

from typing import Any

import torch
from torch import Tensor

from ..core.errors import Undefined
from .base import Measurement, Subject, metric, normal, wilson

NEIGHBOURS = 15
BLOCK = 500  # test codes at a time


@metric(title="Classes told apart by neighbouring codes", unit="share")
def knn(subject: Subject) -> Measurement:
    r"""Share of test examples whose class is the most frequent one among the 15 nearest training codes; in [0, 1].

    Codes are the posterior's points, distances Euclidean; the labels take no part in training. Interval: Wilson's.
    Baseline: the same with principal components, as many as the code has axes. `details` holds the difference,
    model minus baseline, paired by example, with its interval, and the share of the largest class.

    Cost: one encoding per test example and per training example (at most 10,000), and their distances.

    Failure modes: undefined without labels, for labels that are numbers, and for a conditional model, whose encoder
    is told the label; no baseline for categories. Codes that ignore the class can still be good codes; the scale of
    an axis weighs.

    Reference:
        Cover and Hart (1967), Nearest neighbor pattern classification. https://doi.org/10.1109/TIT.1967.1053964
    """
    if subject.model.condition is not None:
        raise Undefined("the encoder is told the label, so neighbours of one class show nothing that it found")
    known, known_y = labelled(subject.train[1])
    asked, asked_y = labelled(subject.y)
    if len(known) < NEIGHBOURS or len(asked) < 2 or len(known_y.bincount().nonzero()) < 2:
        raise Undefined(
            f"it takes {NEIGHBOURS} labelled training examples of 2 classes or more, and 2 labelled test examples"
        )
    largest = asked_y.bincount().max().item() / len(asked_y)
    learned = hits(subject.codes(train=True)[known], known_y, subject.codes()[asked], asked_y)
    linear = subject.pca
    if linear is None:
        return share(learned, details={"largest_class": largest})
    simple = hits(linear.encode(subject.train[0][known]), known_y, linear.encode(subject.x[asked]), asked_y)
    low, high = normal(learned - simple)
    return share(
        learned,
        baseline=simple.mean().item(),
        baseline_name=f"PCA({len(linear.axes)})",
        flag="tells the classes apart less well than principal components" if high < 0 else "",
        details={
            "largest_class": largest,
            "difference": (learned - simple).mean().item(),
            "difference_interval": [low, high],
        },
    )


def share(hits: Tensor, **rest: Any) -> Measurement:
    """The share of hits (n,) with its interval."""
    return Measurement(value=hits.mean().item(), interval=wilson(hits), n=len(hits), **rest)


def labelled(y: Tensor | None) -> tuple[Tensor, Tensor]:
    """Row numbers with a class, and the classes."""
    if y is None:
        raise Undefined("the data has no labels")
    if y.is_floating_point():
        raise Undefined("the labels are numbers, not classes")
    rows = (y >= 0).nonzero().flatten().cpu()
    return rows, y.cpu()[rows]


def hits(known: Tensor, known_y: Tensor, asked: Tensor, asked_y: Tensor) -> Tensor:
    """1.0 where the vote of the nearest known codes is right, (n,); ties go to the smallest class number."""
    known, asked = known.cpu(), asked.cpu()
    votes = []
    for i in range(0, len(asked), BLOCK):
        near = torch.cdist(asked[i : i + BLOCK], known).topk(NEIGHBOURS, largest=False).indices
        votes.append(known_y[near].mode(1).values)
    return torch.eq(torch.cat(votes), asked_y).double()
