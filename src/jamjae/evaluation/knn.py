"""How well the codes tell the classes apart."""

import torch
from torch import Tensor

from ..core.errors import Undefined
from .base import Measurement, Subject, metric, wilson
from .base.labels import labelled, untold
from .base.paired import beside

NEIGHBOURS = 15
BLOCK = 500  # test codes at a time
WORSE = "tells the classes apart less well than principal components"


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
    untold(subject)
    known, known_y = labelled(subject.train[1])
    asked, asked_y = labelled(subject.y)
    if len(known) < NEIGHBOURS or len(asked) < 2 or len(known_y.bincount().nonzero()) < 2:
        raise Undefined(
            f"it takes {NEIGHBOURS} labelled training examples of 2 classes or more, and 2 labelled test examples"
        )
    largest = asked_y.bincount().max().item() / len(asked_y)
    learned = hits(subject.codes(train=True)[known], known_y, subject.codes()[asked], asked_y)
    simple = None
    if (linear := subject.pca) is not None:
        simple = hits(linear.encode(subject.train[0][known]), known_y, linear.encode(subject.x[asked]), asked_y)
    rest = beside(learned, simple, 0 if linear is None else len(linear.axes), WORSE, {"largest_class": largest})
    return Measurement(value=learned.mean().item(), interval=wilson(learned), n=len(learned), **rest)


def hits(known: Tensor, known_y: Tensor, asked: Tensor, asked_y: Tensor) -> Tensor:
    """1.0 where the vote of the nearest known codes is right, (n,); ties go to the smallest class number."""
    known, asked = known.cpu(), asked.cpu()
    votes = []
    for i in range(0, len(asked), BLOCK):
        near = torch.cdist(asked[i : i + BLOCK], known).topk(NEIGHBOURS, largest=False).indices
        votes.append(known_y[near].mode(1).values)
    return torch.eq(torch.cat(votes), asked_y).double()
