"""How far the samples' features are from those of the test examples: kernel distance, without bias."""

import math

import torch
from torch import Tensor

from .base import Measurement, Subject, metric
from .base.jackknife import BLOCKS, jackknife
from .base.views import Score, View, judged


@metric(title="Kernel distance of features", unit="squared MMD", better="lower")
def kid(subject: Subject) -> Measurement:
    r"""Squared maximum mean discrepancy of the features of samples and of test examples; 0 where they are alike.

        MMD^2 = mean_{i != j} k(s_i, s_j) + mean_{i != j} k(r_i, r_j) - 2 mean_{i, j} k(s_i, r_j)
        k(a, b) = (a.b / F + 1)^3

    for F features, whose deviations are about 1. The estimate has no bias, so it may fall below 0. Measured by every
    extractor that suits the data (see `details`); the headline is from random convolutions for pictures (the mean of
    five, with their spread) and from the standardised columns for the rest. Interval: jackknife over 20 blocks of
    samples and test examples. Baseline: training examples in place of the samples. It is flagged where extractors
    disagree on whether the samples are worse than that. An extractor that takes pictures for data which are none (see
    "fooled" in `details`) neither makes the headline nor has a say in that.

    Cost: 2,500 samples, their features, and three matrices of kernels an extractor.

    Failure modes: it sees what the extractor sees, and three moments of that. Values of other extractors, pretrained
    networks among them, cannot be compared with it. Memorised training examples have the best value of all.

    Reference:
        Binkowski et al. (2018), Demystifying MMD GANs. https://arxiv.org/abs/1801.01401;
        Gretton et al. (2012), A kernel two-sample test. https://jmlr.org/papers/v13/gretton12a.html
    """
    return judged(subject.views, score, baseline_name="training examples")


def score(view: View) -> Score:
    """The distance on one view."""
    found, floor = discrepancies(view.made, view.real), discrepancies(view.known, view.real)
    return Score(found[-1].item(), *jackknife(found, -math.inf, math.inf), floor[-1].item())


def discrepancies(a: Tensor, b: Tensor) -> Tensor:
    """MMD^2 of rows a and b (n, F) without each of 20 blocks of them, and, last, of all, (21,)."""
    sizes = torch.tensor([len(part) for part in torch.tensor_split(a, BLOCKS)]).double()
    left = len(a) - torch.cat([sizes, torch.zeros(1)])  # rows that remain
    within = [remaining(kernel(x, x).fill_diagonal_(0.0)) / (left * (left - 1)) for x in (a, b)]
    return within[0] + within[1] - 2 * remaining(kernel(a, b)) / left.square()


def kernel(a: Tensor, b: Tensor) -> Tensor:
    """(a.b / F + 1)^3 of all pairs, (n, m)."""
    found = (a / a.shape[1]).float() @ b.float().T + 1
    return found * found * found  # several times faster than a power


def remaining(k: Tensor) -> Tensor:
    """Sums of a matrix (n, n) without rows and columns of each of 20 blocks, and, last, of all of it, (21,)."""
    strips = torch.stack([part.sum(0, dtype=torch.float64) for part in torch.tensor_split(k, BLOCKS)])
    table = torch.stack([part.sum(1) for part in torch.tensor_split(strips, BLOCKS, 1)], 1)  # (20, 20)
    without = table.sum() - table.sum(0) - table.sum(1) + table.diagonal()
    return torch.cat([without, table.sum()[None]])
