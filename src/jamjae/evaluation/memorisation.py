"""Whether samples are nearer to training examples than to examples that the model never saw."""

import math
from typing import Any

import torch
from torch import Tensor

from ..core.errors import Undefined
from ..data.dataset import Dataset
from .base import Measurement, Subject, metric, wilson
from .base.neighbours import nearest
from .base.views import FEWEST, Score, headline

MOST, ENOUGH = 5000, 1000  # training examples, and as many held-out ones, among which the nearest is sought
PERMUTATIONS = 999
ALARM, POWER = 4.0, 1.645  # standard errors of a flag; and, on top, for a flag in 95 of 100 cases
SHOWN, CHUNK = 10, 1000


@metric(title="Samples nearer to training than to unseen examples", unit="share")
def memorisation(subject: Subject) -> Measurement:
    r"""Held-out vote: share of samples whose nearest neighbour among training examples and equally many held-out ones
    is a training example; 1/2 for a model that owes no more to the one than to the other, 1 for copies.

        vote = |{s : min_i |s - train_i| < min_j |s - held_j|}| / n,   ties by lot

    Held-out is the validation split from 1,000 examples on, otherwise the test split, whose source is often another.
    Which of the examples were trained on is exchangeable if nothing was copied. So the vote is compared with 999
    permutations of that membership: `details` have p, z (in standard deviations of the permutations, in closed form),
    the share of exact duplicates of any training example, the ten samples that are nearest to their training example
    beside the nearest held-out one, and "detectable_share", the smallest share of copies, of all training examples
    alike, that would be flagged in 95 of 100 cases (null: not even copies alone would). Interval: +- 1.96 of those
    standard deviations. Baseline: 1/2. It is flagged as copying above 4 of them, or where samples equal a training
    example more often than held-out examples do. Extractors as for `kid`, less the classifier, which has seen the
    training examples itself, and with one random convolution only.

    Cost: 2,500 samples, the features of up to 10,000 examples, and their distances.

    Failure modes: without a flag, no copying was detected above the detectable share; that is not "no copying".
    Where the training split is larger than what is compared, most copies are of examples that do not take part. A
    model whose samples avoid the edges of the data votes a little below 1/2; where the held-out examples come from
    elsewhere than the training examples, a model without fault votes above. Undefined below 50 examples a split.

    Reference:
        Stein et al. (2023), Exposing flaws of generative model evaluation metrics. https://arxiv.org/abs/2306.04675;
        Meehan, Chaudhuri and Dasgupta (2020), A non-parametric test to detect data-copying in generative models.
        https://arxiv.org/abs/2004.05675
    """
    found = {e.name: e for e in reversed(subject.extractors) if e.name != "classifier"}
    split = "validation" if len(subject.dataset.rows("validation")) >= ENOUGH else "test"
    known, held, made = subject.real("train", MOST), subject.real(split, MOST), subject.drawn
    m = min(len(known), len(held))
    if m < FEWEST:
        raise Undefined(f"{m} examples are too few to be the nearest: it takes {FEWEST} in each split")
    rows = torch.cat([known[:m], held[:m]])
    compared = m / len(subject.dataset.rows("train"))
    scores = {e.name: [score(e(made), e(rows), compared)] for e in reversed(found.values())}
    same, chance = (equal(x, subject.dataset) for x in (made, held))
    details = {"threshold_z": ALARM, "compared": m, "held_out": split}
    details |= {"exact_duplicates": same.mean().item(), "exact_duplicates_of_held_out": chance.mean().item()}
    exact = wilson(same)[0] > wilson(chance)[1]
    fooled = {name: see.fooled for name, see in found.items() if see.fooled}
    about = {"flag": lambda best: copying(best, exact), "details": details}
    return headline(scores, len(made), fooled, baseline_name="no copying", **about)


def copying(found: Score, exact: bool) -> str:
    """A warning where the vote is too one-sided for chance, or the duplicates too many."""
    if exact:
        return "copies training examples: samples are equal to them more often than held-out examples are"
    if found.more["z"] > ALARM:
        return "copies training examples: samples are nearer to them than to examples that the model never saw"
    return ""


def score(made: Tensor, rows: Tensor, compared: float) -> Score:
    """The vote on the features of samples (n, F) and of training and then test examples (2m, F)."""
    m = len(rows) // 2
    order = torch.randperm(2 * m)  # the first of equally near ones wins: a lot
    who = order[nearest(made, rows[order])[1]]
    wins = torch.bincount(who, minlength=2 * m).double() / len(made)
    vote, error = wins[:m].sum().item(), spread(wins)
    z = (vote - 0.5) / error
    share = 2 * (ALARM + POWER) * error / compared  # a copy votes 1 and not 1/2, if its original takes part
    more: dict[str, Any] = {"z": z, "p": exceed(wins, vote), "detectable_share": share if share <= 1 else None}
    more["nearest"] = closest(made, rows)
    return Score(vote, max(0.0, vote - 1.96 * error), min(1.0, vote + 1.96 * error), 0.5, more)


def spread(wins: Tensor) -> float:
    """Standard deviation of the vote if a random half of the examples (2m,) were the training examples."""
    n = len(wins)
    return math.sqrt((wins - wins.mean()).square().sum().item() * n / (n - 1) / 4)


def exceed(wins: Tensor, vote: float) -> float:
    """Share of random halves of the examples that win as many votes, the one that was trained on among them."""
    half = len(wins) // 2
    as_many = sum(wins[torch.randperm(len(wins))[:half]].sum().item() >= vote - 1e-12 for _ in range(PERMUTATIONS))
    return (1 + as_many) / (1 + PERMUTATIONS)


def closest(made: Tensor, rows: Tensor) -> list[dict[str, Any]]:
    """The samples that are nearest to a training example, beside their distance to the nearest test example."""
    m = len(rows) // 2
    (near, who), (far, _) = nearest(made, rows[:m]), nearest(made, rows[m:])
    ratio = near.sqrt() / far.sqrt().clamp(min=1e-12)
    first = ratio.argsort()[:SHOWN]
    columns = (first, who[first], near[first].sqrt(), far[first].sqrt())
    names = ("sample", "training_example", "distance", "to_test")
    return [dict(zip(names, row, strict=True)) for row in zip(*(c.tolist() for c in columns), strict=True)]


def equal(x: Tensor, dataset: Dataset) -> Tensor:
    """1.0 for every one of x (n, *event) that is a training example, cell by cell, (n,)."""
    rows = dataset.rows("train")
    asked = [row.tobytes() for row in x.float().flatten(1).numpy()]
    wanted, found = set(asked), set()
    for part in torch.split(rows, CHUNK):
        shown = dataset.shown(part, torch.Generator().manual_seed(0)).cpu().float().flatten(1).numpy()
        found |= wanted.intersection(row.tobytes() for row in shown)
    return torch.tensor([row in found for row in asked]).double()
