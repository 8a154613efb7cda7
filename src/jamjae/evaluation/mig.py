"""How far each known factor has a latent axis of its own."""

import math

import torch
from torch import Tensor

from .base import Measurement, Subject, metric
from .base.factors import dead, linear, truth
from .base.information import information
from .base.jackknife import jackknife


@metric(title="Factors with a latent axis of their own (MIG)", unit="share", full=True, better="higher")
def mig(subject: Subject) -> Measurement:
    r"""Mutual information gap: how much more the best axis knows of a factor than the second best, over its entropy.

        MIG = mean over factors k of (I(z_(1); v_k) - I(z_(2); v_k)) / H(v_k),   in [0, 1]

    z are the posterior's points of the test examples in 20 bins of equal width an axis, v the true factors: their
    values, or 20 bins of equal count where they have more. Mutual information is corrected for its bias (Miller and
    Madow) and is at least 0. Axes are left out that do not move: whose points have a variance of at most 0.01, or 0 for
    codes without a spread. Interval: jackknife over 20 blocks of test examples; it says nothing of other seeds of the
    training, which differ more: report several. Baseline: principal components, as many as the code has axes.
    `details` holds the gap and the best axis of every factor, and the bits of every pair.

    Cost: one encoding per test example.

    Failure modes: defined only where the factors are known (`shapes`). A factor split over two axes counts as
    nothing, even where the two together tell it exactly (an angle as its sine and cosine). Nothing in an objective
    asks for the axes of these factors rather than for a rotation of them.

    Reference:
        Chen, Li, Grosse and Duvenaud (2018), Isolating sources of disentanglement in variational autoencoders.
        https://arxiv.org/abs/1802.04942;
        Locatello et al. (2019), Challenging common assumptions in the unsupervised learning of disentangled
        representations. https://arxiv.org/abs/1811.12359;
        Miller (1955), Note on the bias of information estimates. In: Information theory in psychology
    """
    codes, factors = truth(subject)
    informed, entropy = information(codes, factors, dead(subject))
    gaps = gap(informed, entropy)
    names = subject.dataset.factor_names
    simple = linear(subject)
    return Measurement(
        value=gaps[-1].mean().item(),
        interval=jackknife(gaps.mean(1)),
        n=len(codes),
        baseline=None if simple is None else gap(*information(simple, factors, 0.0))[-1].mean().item(),
        baseline_name="" if simple is None else f"PCA({simple.shape[1]})",
        details={
            "gaps": dict(zip(names, gaps[-1].tolist(), strict=True)),
            "best_axis": dict(zip(names, informed[-1].argmax(0).tolist(), strict=True)),
            "bits": (informed[-1] / math.log(2)).tolist(),
        },
    )


def gap(informed: Tensor, entropies: Tensor) -> Tensor:
    """The best axis less the second best, over the entropy, (..., factors); a single axis has a second best of 0."""
    best = torch.cat([informed, torch.zeros_like(informed[:, :1])], 1).topk(2, 1).values
    return (best[:, 0] - best[:, 1]) / entropies.clamp(min=1e-12)
