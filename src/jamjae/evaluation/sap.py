"""How far each known factor is predicted by one latent axis and by no other."""

import torch
from torch import Tensor

from .base import Measurement, Subject, metric
from .base.factors import dead, kinds, linear, truth
from .base.information import still
from .base.jackknife import jackknife, left_out


@metric(title="Factors that one axis predicts and no other (SAP)", unit="share", full=True, better="higher")
def sap(subject: Subject) -> Measurement:
    r"""Separated attribute predictability: how much better the best axis predicts a factor than the second best.

        SAP = mean over factors k of S_(1)k - S_(2)k,   in [0, 1]

    z are the posterior's points of the test examples. S_jk is the squared correlation of axis z_j and factor v_k; of a
    factor with at most 20 values it is the share of hits of the nearest class mean on z_j, averaged over the C classes
    and put on a scale where guessing is 0: (hits - 1/C) / (1 - 1/C). The published score has no such scale. Axes that
    do not move (see `mig`) predict nothing. Interval: jackknife over 20 blocks of test examples; it says nothing of
    other seeds. Baseline: principal components, as many as the code has axes. `details` holds the gap of every factor
    and every S.

    Cost: one encoding per test example.

    Failure modes: defined only where the factors are known. Only straight lines count as prediction: an axis that
    tells a factor exactly along a curve scores low. A factor told by two axes together counts as nothing.

    Reference:
        Kumar, Sattigeri and Balakrishnan (2018), Variational inference of disentangled latent concepts from unlabeled
        observations. https://arxiv.org/abs/1711.00848
    """
    codes, factors = truth(subject)
    gaps = left_out(lambda rows: gap(predicted(codes[rows], factors[rows], dead(subject))), len(codes))
    simple = linear(subject)
    return Measurement(
        value=gaps[-1].mean().item(),
        interval=jackknife(gaps.mean(1)),
        n=len(codes),
        baseline=None if simple is None else gap(predicted(simple, factors, 0.0)).mean().item(),
        baseline_name="" if simple is None else f"PCA({simple.shape[1]})",
        details={
            "gaps": dict(zip(subject.dataset.factor_names, gaps[-1].tolist(), strict=True)),
            "predicted": predicted(codes, factors, dead(subject)).tolist(),
        },
    )


def predicted(codes: Tensor, factors: Tensor, dead: float) -> Tensor:
    """S (axes, factors) of codes (n, axes) and factors (n, K); 0 for axes that do not move."""
    found = []
    for factor in factors.T:
        classes = kinds(factor)
        found.append(correlation(codes, factor) if classes is None else nearest(codes, classes))
    table = torch.stack(found, 1)
    table[still(codes, dead)] = 0
    return table


def correlation(codes: Tensor, factor: Tensor) -> Tensor:
    """Squared correlation of every axis with a factor (n,), (axes,)."""
    z, v = (t.double() - t.double().mean(0) for t in (codes, factor))
    return (z.T @ v).square() / (z.square().sum(0) * v.square().sum()).clamp(min=1e-300)


def nearest(codes: Tensor, classes: Tensor) -> Tensor:
    """Hits of the nearest class mean on every axis, averaged over classes, from 0 for guessing to 1, (axes,)."""
    count = classes.bincount()
    if len(count) < 2:
        return codes.new_zeros(codes.shape[1])
    means = codes.new_zeros(len(count), codes.shape[1]).index_add(0, classes, codes) / count[:, None]
    named = (codes[:, None] - means).abs().argmin(1)  # (n, axes)
    right = (named == classes[:, None]).to(codes)
    hits = (codes.new_zeros(means.shape).index_add(0, classes, right) / count[:, None]).mean(0)
    return ((hits - 1 / len(count)) / (1 - 1 / len(count))).clamp(min=0)


def gap(table: Tensor) -> Tensor:
    """The best axis less the second best, (factors,); a single axis has a second best of 0."""
    best = torch.cat([table, torch.zeros_like(table[:1])]).topk(2, 0).values
    return best[0] - best[1]
