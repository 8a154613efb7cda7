"""How well the codes tell the classes apart."""

import torch
from torch import Tensor

from .base import Measurement, Subject, metric
from .base.paired import classified

NEIGHBOURS = 15
BLOCK = 500  # test codes at a time
WORSE = "tells the classes apart less well than principal components"


@metric(title="Classes told apart by neighbouring codes", unit="share", better="higher")
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
    return classified(subject, hits, NEIGHBOURS, WORSE)


def hits(known: Tensor, known_y: Tensor, asked: Tensor, asked_y: Tensor) -> Tensor:
    """1.0 where the vote of the nearest known codes is right, (n,); ties go to the smallest class number."""
    known, asked = known.cpu(), asked.cpu()
    votes = []
    for i in range(0, len(asked), BLOCK):
        near = torch.cdist(asked[i : i + BLOCK], known).topk(NEIGHBOURS, largest=False).indices
        votes.append(known_y[near].mode(1).values)
    return torch.eq(torch.cat(votes), asked_y).double()
