"""How many different examples the model can make, at least."""

import math
from typing import Any

import torch
from torch import Tensor

from ..core.errors import Undefined
from .base import Measurement, Subject, metric
from .base.neighbours import BLOCK, squared
from .base.views import Score, View, judged

NEAR = 0.25  # of the smallest squared distance in the data: half of the distance
RARE = 3  # pairs that are too many for chance, if 1/16 is expected
NONE = -math.log(0.05)  # with none seen, 95 % sure that fewer are expected


@metric(title="How many different samples there are, at least", unit="samples", full=True)
def birthday(subject: Subject) -> Measurement:
    r"""Birthday test: a lower 95 % bound of the number of different samples that the model makes.

        support >= n (n - 1) / 2 / (upper bound of the number of pairs that are duplicates)

    Among n samples of M equally frequent ones n (n - 1) / 2M pairs are equal; with n^2 = 1.4 M one is as likely as
    none. Two samples are duplicates if they are nearer than half of the smallest distance between any two of 2n
    training and test examples, among which there are none by that rule. `details` have the number of pairs and, if
    there are any, the estimate and the n at which a duplicate is as likely as not. Extractors as for `kid`,
    with one random convolution only. The bound of the pairs is the one for Poisson counts; without duplicates it is 3,
    and all that n samples can say is n^2 / 6. Three pairs or more are flagged.

    Cost: 2,500 samples, their features, and two matrices of distances an extractor.

    Failure modes: frequent samples count more than rare ones: it is the support of what is made often. Samples that
    hardly differ, but more than examples of dense data do, are no duplicates. Undefined where the data has duplicates.

    Reference:
        Arora and Zhang (2018), Do GANs learn the distribution? Some theory and empirics.
        https://openreview.net/forum?id=BJehNfW0-
    """
    one_each = {view.extractor: view for view in reversed(subject.views)}
    return judged([*reversed(one_each.values())], score, flag=repeats)


def repeats(found: Score) -> str:
    """A warning where duplicates are more than chance."""
    if found.more["duplicates"] < RARE:
        return ""
    return f"samples repeat: about {found.more['estimate']:.3g} different ones"


def score(view: View) -> Score:
    """The support on one view."""
    limit = NEAR * smallest(torch.cat([view.real, view.known]))
    if limit == 0:
        raise Undefined("the data itself has duplicates, so those of samples say nothing")
    found, pairs = duplicates(view.made, limit), math.comb(len(view.made), 2)
    low, high = poisson(found)
    more: dict[str, Any] = {"duplicates": found, "threshold": math.sqrt(limit)}
    if found:
        more |= {"estimate": pairs / found, "estimate_interval": [pairs / high, pairs / low]}
        more |= {"as_likely_as_not_at": math.sqrt(2 * math.log(2) * pairs / found)}
    bound = pairs / (high if found else NONE)
    return Score(bound, more=more)


def smallest(x: Tensor) -> float:
    """Smallest squared distance of two rows of x (n, F)."""
    return min(d.item() for d in nearest_other(x))


def nearest_other(x: Tensor) -> list[Tensor]:
    """The smallest squared distance in every block of rows, each row without itself."""
    found = []
    for start, part in zip(range(0, len(x), BLOCK), squared(x, x), strict=True):
        rows = torch.arange(len(part))
        part[rows, start + rows] = math.inf
        found.append(part.min())
    return found


def duplicates(x: Tensor, limit: float) -> int:
    """Number of pairs of rows (n, F) at a squared distance below `limit`."""
    return (sum(int((part < limit).sum()) for part in squared(x, x)) - len(x)) // 2


def poisson(count: int) -> tuple[float, float]:
    """95 % interval of the mean of a Poisson count, by its square root's normal approximation; wide for few."""
    low, high = (math.sqrt(count + shift) + side * 0.98 for shift, side in ((0, -1), (1, 1)))
    return max(low, 0.16) ** 2, high**2
