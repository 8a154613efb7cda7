"""Whether clusters of the codes are the classes."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from ..core.errors import Undefined
from .base import Measurement, Subject, metric
from .base.jackknife import jackknife, left_out
from .base.labels import finite, labelled, present, untold

MOST, EACH = 5000, 20  # test examples; a class has at least so many of them on average
RESTARTS, PERMUTATIONS, DISTANT = 10, 20, 2000
WEAK = "clusters are weak: they agree with the classes less than those of principal components"
CHANCE = "the clusters agree with the classes no more than with permuted labels"


@metric(title="Clusters of codes that are the classes", unit="share beyond chance", full=True, better="higher")
def clusters(subject: Subject) -> Measurement:
    r"""Adjusted mutual information of clusters of the codes with the classes: 1 if they are the same, 0 by chance.

        AMI = (I(clusters; classes) - E[I]) / (mean of the two entropies - E[I]),   E over permutations of the labels

    The clusters are those of k-means, the best of 10 restarts, as many as there are classes, among the posterior's
    points of at most 5,000 test examples; the labels take no part. Interval: jackknife over 20 blocks of test examples
    with the clusters as found (resamples would draw examples twice, which looks like agreement). Baseline: the same
    with principal components, as many as the code has axes. `details` holds the difference with its paired interval and
    what follows from it ("stronger" only where all of it lies above 0, "weaker" where below), the mean and the highest
    AMI of 20 permutations of the labels, the adjusted Rand index of a Gaussian mixture with the same number of
    components, and the silhouette of the classes (-1 to 1, of 2,000 examples). Flagged where the clusters are weak, or
    no better than permuted labels.

    Cost: one encoding per test example; a few seconds for the clusters.

    Failure modes: undefined without classes, with fewer than 20 test examples a class, and for a conditional model,
    whose encoder is told the label. k-means looks for round clusters of one size, and the scale of an axis weighs. A
    class may well be two clusters; a code without clusters can still tell the classes apart (see `knn`, `probe`).

    Reference:
        Vinh, Epps and Bailey (2010), Information theoretic measures for clusterings comparison.
        https://jmlr.org/papers/v11/vinh10a.html;
        Hubert and Arabie (1985), Comparing partitions. https://doi.org/10.1007/BF01908075;
        Rousseeuw (1987), Silhouettes. https://doi.org/10.1016/0377-0427(87)90125-7
    """
    untold(subject)
    rows, y = labelled(subject.y)
    rows, y = rows[:MOST], y[:MOST]
    k = present(y)
    if k < 2 or len(y) < EACH * k:
        raise Undefined(f"it takes 2 classes or more, and {EACH} labelled test examples a class")
    learned, details = found(finite(subject.codes()[rows]), y, k)
    flags = [CHANCE] * (learned[-1].item() <= details["permuted"]["highest"])
    rest: dict[str, Any] = {}
    if (linear := subject.pca) is not None:
        simple = agreements(means(linear.encode(subject.points(subject.x[rows])), k), y)
        details |= compared(learned - simple)
        flags += [WEAK] * (details["beside_baseline"] == "weaker")
        rest = {"baseline": simple[-1].item(), "baseline_name": f"PCA({len(linear.axes)})"}
    rest |= {"flag": "; ".join(flags), "details": details}
    return Measurement(value=learned[-1].item(), interval=jackknife(learned, -1.0), n=len(y), **rest)


def found(codes: Tensor, y: Tensor, k: int) -> tuple[Tensor, dict[str, Any]]:
    """The agreement of k-means without each block, then of all, and what else is said of these codes."""
    groups = means(codes, k)
    null = torch.stack([agreement(groups, y[torch.randperm(len(y))]) for _ in range(PERMUTATIONS)])
    return agreements(groups, y), {
        "permuted": {"mean": null.mean().item(), "highest": null.max().item()},
        "rand_of_mixture": rand(mixture(codes, k), y),
        "silhouette": silhouette(codes[:DISTANT], y[:DISTANT]),
    }


def compared(differences: Tensor) -> dict[str, Any]:
    """The difference to the baseline, from its values without each block and of all, and what may be said of it."""
    low, high = jackknife(differences, -2.0, 2.0)
    said = "stronger" if low > 0 else "weaker" if high < 0 else "no different"
    return {"difference": differences[-1].item(), "difference_interval": [low, high], "beside_baseline": said}


def rand(groups: Tensor, y: Tensor) -> float:
    """Adjusted Rand index of clusters and classes, (n,) each."""
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(y.numpy(), groups.numpy()))


def silhouette(codes: Tensor, y: Tensor) -> float | None:
    """How much nearer codes are to their own class than to the next, -1 to 1; None for one class, or one code each."""
    from sklearn.metrics import silhouette_score

    told = 1 < present(y) < len(y)
    return float(silhouette_score(codes.double().numpy(), y.numpy())) if told else None


def means(codes: Tensor, k: int) -> Tensor:
    """The cluster of every code (n,) by k-means."""
    from sklearn.cluster import KMeans  # slow to import, and needed here only

    with quiet():
        found = KMeans(k, n_init=RESTARTS, random_state=drawn()).fit_predict(codes.double().numpy())
    return torch.from_numpy(found).long()


def mixture(codes: Tensor, k: int) -> Tensor:
    """The component of every code (n,) by a Gaussian mixture of standardised axes; those that do not move are out.

    The components have covariances of their own where there are ten examples for every number in them, else variances.
    """
    from sklearn.mixture import GaussianMixture

    z = codes.double()[:, codes.std(0) > 0]
    if not z.shape[1]:
        return torch.zeros(len(codes), dtype=torch.long)
    z = (z - z.mean(0)) / z.std(0)
    shape = "full" if len(z) >= 10 * k * z.shape[1] * (z.shape[1] + 1) / 2 else "diag"
    with quiet():
        found = GaussianMixture(k, covariance_type=shape, reg_covar=1e-4, random_state=drawn()).fit_predict(z.numpy())
    return torch.from_numpy(found).long()


def agreement(groups: Tensor, y: Tensor) -> Tensor:
    """Adjusted mutual information of clusters and classes, (n,) each."""
    from sklearn.metrics import adjusted_mutual_info_score

    return torch.tensor(adjusted_mutual_info_score(y.numpy(), groups.numpy())).double()


def agreements(groups: Tensor, y: Tensor) -> Tensor:
    """The same without each of 20 blocks, then of all, (21,)."""
    return left_out(lambda rows: agreement(groups[rows], y[rows]), len(y))


def drawn() -> int:
    """A seed from torch's generator, for those who do not know it."""
    return int(torch.randint(2**31 - 1, ()))


@contextmanager
def quiet() -> Iterator[None]:
    """Without the warning that codes have fewer places than clusters, or that a mixture still moves a little."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield
