"""How far each latent axis tells of one known factor only."""

import math

import torch
from torch import Tensor

from .base import Measurement, Subject, metric
from .base.factors import dead, linear, several, truth
from .base.information import BINS, information, still
from .base.jackknife import jackknife

SURE = 4.0  # standard deviations of the information of independent tables


@metric(title="Axes that tell of one factor only (modularity)", unit="share", full=True, better="higher")
def modularity(subject: Subject) -> Measurement:
    r"""How little each latent axis tells of the factors other than its own, in squared mutual information.

        modularity = mean over axes j of 1 - sum_{k != best} I(z_j; v_k)^2 / ((K - 1) I(z_j; v_best)^2),   in [0, 1]

    K is the number of factors; z, v and the corrected information I are those of `mig`. Axes that do not move are left
    out. An axis that moves but whose best information is within four standard deviations of that of independent tables,
    sqrt(2) 19 / 2n nats, tells of nothing and counts as 0; so does a code in which no axis moves. Interval: jackknife
    over 20 blocks of test examples; it says nothing of other seeds. Baseline: principal components, as many as the code
    has axes. `details` holds the score of every axis (None for one left out) and how many of them tell of a factor.

    Cost: one encoding per test example.

    Failure modes: defined only where two or more factors are known. Two axes that tell of the same factor are both
    modular, and so is a code that leaves a factor out: read it beside `mig`.

    Reference:
        Ridgeway and Mozer (2018), Learning deep disentangled embeddings with the F-statistic loss.
        https://arxiv.org/abs/1802.05312
    """
    codes, factors = truth(subject)
    several(factors)
    scores, moving = per_axis(codes, factors, dead(subject))
    simple = linear(subject)
    return Measurement(
        value=average(scores[-1:], moving).item(),
        interval=jackknife(average(scores, moving)),
        n=len(codes),
        baseline=None if simple is None else average(*per_axis(simple, factors, 0.0))[-1].item(),
        baseline_name="" if simple is None else f"PCA({simple.shape[1]})",
        details={
            "axes": [s if m else None for s, m in zip(scores[-1].tolist(), moving.tolist(), strict=True)],
            "telling": int((scores[-1] > 0).sum()),
        },
    )


def per_axis(codes: Tensor, factors: Tensor, dead: float) -> tuple[Tensor, Tensor]:
    """The score of every axis without each of 20 blocks, and of all, (21, axes), and which axes move, (axes,)."""
    informed = information(codes, factors, dead)[0]
    noise = SURE * math.sqrt(2) * (BINS - 1) / (2 * len(codes))
    telling = informed[-1].amax(1) > noise  # which axes these are must not change from block to block
    return torch.where(telling, one_factor(informed), 0.0), ~still(codes, dead)


def one_factor(informed: Tensor) -> Tensor:
    """1 - the squares of the other factors over those of the best, from information (..., axes, K), (..., axes)."""
    squares = informed.square()
    best = squares.amax(-1)
    return 1 - (squares.sum(-1) - best) / ((informed.shape[-1] - 1) * best).clamp(min=1e-300)


def average(scores: Tensor, moving: Tensor) -> Tensor:
    """The mean over the axes that move, (b,); 0 where none does."""
    return scores[:, moving].sum(1) / max(int(moving.sum()), 1)
