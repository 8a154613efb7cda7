"""In how many places samples are too many or too few."""

import math
from typing import Any

import torch
from torch import Tensor

from .base import Measurement, Subject, metric, wilson
from .base.neighbours import nearest
from .base.views import Score, View, judged

BINS, PER_BIN = 100, 10
CHANCE = 0.05
COLLAPSED = 0.3


@metric(title="Places where samples are too many or too few (NDB)", unit="share", full=True, better="lower")
def ndb(subject: Subject) -> Measurement:
    r"""Share of bins whose share of the samples differs from their share of the test examples; in [0, 1].

        |z_b| > 1.96,   z_b = (p_b - q_b) / sqrt(2 m_b (1 - m_b) / n),   m_b = (p_b + q_b) / 2

    for the shares p of n samples and q of n test examples in 100 bins (fewer below 1,000 examples), which k-means
    finds among the features of training examples. Extractors and headline as for `kid`; `details` have the
    same of training examples, and the Jensen-Shannon divergence of p and q in nats. Interval: Wilson's over the bins,
    as if they were independent. Baseline: the 5 % that chance makes. Where it is above 30 % and many bins are nearly
    empty it is flagged as mode collapse.

    Cost: 2,500 samples, their features, and k-means an extractor.

    Failure modes: bins say where samples are, not whether they are good: any sample is in some bin. More examples
    find smaller differences.

    Reference:
        Richardson and Weiss (2018), On GANs and GMMs. https://arxiv.org/abs/1805.12462
    """
    return judged(subject.views, score, baseline_name="chance", flag=collapse)


def collapse(found: Score) -> str:
    """A warning where many bins differ, and many of them for want of samples."""
    starved = found.more["starved_bins"] / found.more["bins"]
    if found.value <= COLLAPSED or starved <= CHANCE:
        return ""
    return f"mode collapse: {starved:.0%} of the places where data are have less than a fifth of the samples due"


def score(view: View) -> Score:
    """The share of bins that differ on one view."""
    centres = bins(view.known)
    made, real, known = (counts(x, centres) for x in (view.made, view.real, view.known))
    different = differ(made, real).double()
    more: dict[str, Any] = {
        "bins": len(centres),
        "training": differ(known, real).double().mean().item(),
        "starved_bins": int((different.bool() & (made / made.sum() < real / real.sum() / 5)).sum()),
        "divergence": divergence(made / made.sum(), real / real.sum()),
    }
    return Score(different.mean().item(), *wilson(different), CHANCE, more)


def bins(x: Tensor) -> Tensor:
    """Centres of k-means among rows (n, F)."""
    from sklearn.cluster import KMeans  # slow to import, and needed here only

    count = min(BINS, len(x) // PER_BIN, len(torch.unique(x, dim=0)))
    found = KMeans(count, n_init=1, max_iter=30, random_state=0).fit(x.numpy())
    return torch.from_numpy(found.cluster_centers_).double()


def counts(x: Tensor, centres: Tensor) -> Tensor:
    """How many rows (n, F) are nearest to each centre."""
    return torch.bincount(nearest(x, centres)[1], minlength=len(centres)).double()


def differ(a: Tensor, b: Tensor) -> Tensor:
    """Whether the share of every bin differs between two rows of counts, at 5 %."""
    p, q = a / a.sum(), b / b.sum()
    pooled = (a + b) / (a.sum() + b.sum())
    error = (pooled * (1 - pooled) * (1 / a.sum() + 1 / b.sum())).sqrt()
    return (p - q).abs() > 1.96 * error


def divergence(p: Tensor, q: Tensor) -> float:
    """Jensen-Shannon divergence of two rows of shares, in nats: 0 to ln 2."""
    middle = (p + q) / 2
    found = sum(torch.xlogy(s, s).sum() - torch.xlogy(s, middle).sum() for s in (p, q))
    return max(0.0, min(math.log(2), float(found) / 2))
