"""How far each known factor has a latent axis of its own."""

import math

import torch
from torch import Tensor

from ..core.errors import Undefined
from .base import Measurement, Subject, metric

BINS, BLOCKS = 20, 20
DEAD = 0.01  # variance of a posterior mean below which an axis carries noise, see `active_units`


@metric(title="Factors with a latent axis of their own (MIG)", unit="share")
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
    known = subject.dataset.factors
    if known is None:
        raise Undefined("nobody knows the factors of this data")
    codes = subject.codes()
    factors = known[subject.dataset.rows("test")[: len(codes)]]
    if len(codes) < BINS * BINS:
        raise Undefined(f"{len(codes)} test examples are too few for tables of {BINS} x {BINS} cells")
    informed, entropy = information(codes, factors, 0.0 if subject.certain else DEAD)
    gaps = gap(informed, entropy)
    names = subject.dataset.factor_names
    linear = None if subject.pca is None else subject.pca.encode(subject.x)
    return Measurement(
        value=gaps[-1].mean().item(),
        interval=jackknife(gaps.mean(1)),
        n=len(codes),
        baseline=None if linear is None else gap(*information(linear, factors, 0.0))[-1].mean().item(),
        baseline_name="" if linear is None else f"PCA({linear.shape[1]})",
        details={
            "gaps": dict(zip(names, gaps[-1].tolist(), strict=True)),
            "best_axis": dict(zip(names, informed[-1].argmax(0).tolist(), strict=True)),
            "bits": (informed[-1] / math.log(2)).tolist(),
        },
    )


def information(codes: Tensor, factors: Tensor, dead: float) -> tuple[Tensor, Tensor]:
    """I(z_j; v_k) (21, axes, factors) and H(v_k) (21, factors) in nats: without each of 20 blocks, and of all."""
    z, v = torch.stack([widths(c) for c in codes.T], 1), torch.stack([shares(f) for f in factors.T], 1)
    cell = (z[:, :, None] * BINS + v[:, None, :]).flatten(1)  # (n, axes * factors)
    blocks = [counted(part) for part in torch.tensor_split(cell, BLOCKS)]
    table = torch.stack([*blocks, torch.zeros_like(blocks[0])])
    table = (table.sum(0) - table).reshape(BLOCKS + 1, codes.shape[1], factors.shape[1], BINS, BINS)
    found = (entropy(table.sum(-1)) + entropy(table.sum(-2)) - entropy(table.flatten(-2))).clamp(min=0)
    still = codes.double().var(0) <= dead
    found[:, still] = 0
    return found, entropy(table[:, 0].sum(-2))


def widths(values: Tensor) -> Tensor:
    """The bin of every value (n,), of 20 that are equally wide."""
    low, high = values.min(), values.max()
    return ((values - low) / (high - low).clamp(min=1e-30) * BINS).long().clamp(0, BINS - 1)


def shares(values: Tensor) -> Tensor:
    """The bin of every value (n,): its own where there are at most 20 values, otherwise of 20 that are equally full."""
    distinct, own = values.unique(return_inverse=True)
    return own if len(distinct) <= BINS else values.argsort().argsort() * BINS // len(values)


def counted(cells: Tensor) -> Tensor:
    """How often each of the 400 cells occurs in every column of (n, columns), (columns, 400)."""
    places = cells + BINS**2 * torch.arange(cells.shape[1])
    return torch.bincount(places.flatten(), minlength=BINS**2 * cells.shape[1]).reshape(-1, BINS**2)


def entropy(counts: Tensor) -> Tensor:
    """Entropy in nats of counts (..., cells), corrected: (number of cells that occur - 1) / 2n is added."""
    n = counts.sum(-1, keepdim=True)
    p = counts.double() / n
    found: Tensor = -torch.xlogy(p, p).sum(-1) + ((counts > 0).sum(-1) - 1) / (2 * n[..., 0])
    return found


def gap(informed: Tensor, entropies: Tensor) -> Tensor:
    """The best axis less the second best, over the entropy, (..., factors); a single axis has a second best of 0."""
    best = torch.cat([informed, torch.zeros_like(informed[:, :1])], 1).topk(2, 1).values
    return (best[:, 0] - best[:, 1]) / entropies.clamp(min=1e-12)


def jackknife(values: Tensor) -> tuple[float, float]:
    """95 % interval of a statistic from its values without each of b blocks, and, last, of all, (b + 1,)."""
    without, b = values[:-1], len(values) - 1
    half = 1.96 * math.sqrt((b - 1) / b * (without - without.mean()).square().sum().item())
    return max(0.0, values[-1].item() - half), min(1.0, values[-1].item() + half)
