"""How far each latent axis matters for one known factor only, by what trees learn from the codes."""

from typing import Any

import torch
from torch import Tensor

from .base import Measurement, Subject, metric
from .base.factors import dead, kinds, linear, several, truth
from .base.information import still

TREES, DEPTH, MOST = 50, 3, 3000


@metric(title="Axes that matter for one factor only (DCI)", unit="share", full=True, better="higher")
def dci(subject: Subject) -> Measurement:
    r"""Disentanglement: how far each axis matters for the prediction of one factor only.

        D = sum_j w_j (1 - H(P_j)),   P_jk = R_jk / sum_k R_jk,   w_j = sum_k R_jk / sum_jk R_jk,   in [0, 1]

    R_jk is the importance of axis j for 50 boosted trees of depth 3 that predict factor k from all axes (classes where
    it has at most 20 values), H the entropy to the base K, the number of factors. The trees learn from the codes of at
    most 3,000 training examples. `details` holds completeness, C = sum_k w_k (1 - H(P_k)) with the roles exchanged (a
    factor that one axis tells; None for a single axis), informativeness (R^2, or accuracy, on the n test examples), and
    R. Axes that do not move (see `mig`) are held at 0. Interval: none; R comes from training examples, so a spread over
    test examples would say nothing of it. Baseline: principal components, as many as the code has axes.

    Cost: one encoding per example; 50 trees per factor, or 50 per class: some seconds.

    Failure modes: defined only where two or more factors are known. What is important is what these trees use: of two
    axes that say the same they may use one or both. Every factor weighs the same, also one that the code leaves out,
    whose importances are noise: read it beside the informativeness.

    Reference:
        Eastwood and Williams (2018), A framework for the quantitative evaluation of disentangled representations.
        https://openreview.net/forum?id=By-7dz-AZ
    """
    codes, factors = truth(subject)
    known, known_factors = truth(subject, train=True)
    several(factors)
    moving = ~still(known, dead(subject))
    importance, told = trees(known * moving, known_factors, codes * moving, factors)
    axes, simple = linear(subject, train=True), linear(subject)
    base = None
    if axes is not None and simple is not None:
        base = disentanglement(trees(axes, known_factors, simple, factors)[0])
    return Measurement(
        value=disentanglement(importance),
        n=len(codes),
        baseline=base,
        baseline_name="" if axes is None else f"PCA({axes.shape[1]})",
        details={
            "completeness": None if len(importance) < 2 else disentanglement(importance.T),
            "informativeness": dict(zip(subject.dataset.factor_names, told, strict=True)),
            "importance": importance.tolist(),
        },
    )


def disentanglement(importance: Tensor) -> float:
    """D of importances R (axes, factors) >= 0; 0 where nothing is important. Of R^T it is the completeness.

    Example:
        >>> disentanglement(torch.eye(3))
        1.0
    """
    rows = importance.double().sum(1)
    p = importance.double() / rows.clamp(min=1e-300)[:, None]
    entropy = -torch.xlogy(p, p).sum(1) / torch.tensor(p.shape[1]).double().log()
    return ((1 - entropy) @ rows / rows.sum().clamp(min=1e-300)).item()


def trees(known: Tensor, known_factors: Tensor, asked: Tensor, factors: Tensor) -> tuple[Tensor, list[float]]:
    """Importances (axes, K) learned from the known, and how well each factor of the asked is told (at least 0)."""
    importance, told = [], []
    for before, factor in zip(known_factors[:MOST].T, factors.T, strict=True):
        classes = kinds(torch.cat([before, factor]))
        made = ensemble(classes is not None)
        y = (torch.cat([before, factor]) if classes is None else classes).numpy()
        if len(set(y[: len(before)])) < 2:  # a factor that never changes in what the trees see
            importance.append(torch.zeros(known.shape[1]))
            told.append(0.0)
            continue
        made.fit(known[:MOST].numpy(), y[: len(before)])
        importance.append(torch.from_numpy(made.feature_importances_))
        told.append(max(0.0, float(made.score(asked.numpy(), y[len(before) :]))))
    return torch.stack(importance, 1).double(), told


def ensemble(classes: bool) -> Any:
    """Boosted trees that do not draw: every tree sees all examples and all axes."""
    from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor  # slow to import

    made = GradientBoostingClassifier if classes else GradientBoostingRegressor
    return made(n_estimators=TREES, max_depth=DEPTH, random_state=0)
