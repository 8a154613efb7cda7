"""How close the restored examples are."""

import torch
from torch import Tensor

from ..core.errors import Undefined
from .base import Measurement, Subject, metric, normal, over_examples

EXACT = 1e-8  # share of the data's variance that counts as rounding


@metric(title="Reconstruction error on new examples", unit="squared data units", better="lower")
def reconstruction(subject: Subject) -> Measurement:
    r"""Mean squared error per cell of the test examples after a pass through the code; lower is better.

        MSE = E_x (1 / D) sum_d (x_d - x'_d)^2,   x' = the likelihood's point at the posterior's point

    Missing cells do not count. In a table, cells are in standard deviations of their column (logarithms where it is
    positive or counts), and a category is a one among zeros. Baseline: principal components, as many as the code has
    axes, fitted to training examples; where these lose nothing but rounding (a code as wide as the data) there is
    nothing to beat, and the metric is not flagged. `details` holds the difference, model minus baseline, paired by
    example, with its interval.

    Cost: one encoding and one decoding per test example, and a PCA of at most 10,000 training examples.

    Failure modes: undefined for categories. It prefers blur to sharp pictures that are slightly off, and a code
    that copies everything has error 0.

    Reference:
        Hinton and Salakhutdinov (2006), Reducing the dimensionality of data with neural networks.
        https://doi.org/10.1126/science.1127647
    """
    linear = subject.pca
    if linear is None:
        raise Undefined("categories have no order, so there is no squared error between them")
    table, see = subject.dataset.event.kind == "table", subject.points

    def learned(x: Tensor, y: Tensor | None) -> Tensor:
        return error(see(x), see(subject.model.reconstruct(x, y)))

    def component(x: Tensor, y: Tensor | None) -> Tensor:
        return error(see(x), linear.reconstruct(see(x).to(linear.mean)).to(x))

    found = subject.sweep("reconstruction", learned, subject.rows)
    simple = subject.sweep("pca", component, subject.rows)
    seen = ~(found.isnan() | simple.isnan())
    if seen.sum() < 2:
        raise Undefined("no test example has an observed cell")
    difference = found[seen] - simple[seen]
    low, high = normal(difference)
    beatable = simple[seen].mean() > EXACT * variance(see(subject.x))
    return over_examples(
        found[seen],
        baseline=simple[seen].mean().item(),
        unit="squared deviations" if table else "",
        baseline_name=f"PCA({len(linear.axes)})",
        flag="worse than principal components of the same number" if low > 0 and beatable else "",
        details={"difference": difference.mean().item(), "difference_interval": [low, high]},
    )


def error(x: Tensor, restored: Tensor) -> Tensor:
    """Mean squared error over the observed cells of every example, (B,); NaN where none was observed."""
    return torch.nanmean((x - restored).flatten(1).square(), 1)


def variance(x: Tensor) -> float:
    """Mean squared deviation of the observed cells of x (n, *event) from the mean of their cell."""
    flat = x.flatten(1).double()
    return (flat - flat.nanmean(0)).square().nanmean().item()
