"""Whether the codes are a map of the data: near stays near, far stays far."""

from typing import Any

import torch
from torch import Tensor

from ..core.errors import Undefined
from ..data.spread import Space
from .base import Measurement, Subject, metric
from .base.jackknife import jackknife, left_out
from .base.labels import finite

NEAR, FEWEST, MOST = 15, 40, 2000  # neighbours; test examples
WORSE = "what is near in the codes is less often near in the data than with principal components"


@metric(title="Neighbours in the codes that are neighbours in the data", unit="share", full=True, better="higher")
def trustworthiness(subject: Subject) -> Measurement:
    r"""Trustworthiness of the codes as a map: whether what is near in the codes is near in the data.

        T = 1 - 2 / (N k (2N - 3k - 1)) sum_i sum_{j in U_i} (r(i, j) - k),   k = 15

    U_i are the examples among the k nearest codes of i that are not among its k nearest in the data, r(i, j) is how
    many-th nearest j is to i in the data (the smaller number for ties). 1 is a faithful map, about 0.5 a random one.
    Codes are the posterior's points, distances in the data those of `diversity`, of at most N = 2,000 test examples.
    Interval: jackknife over 20 blocks of examples, because the terms of the sum are not independent (a spread over i
    would be half as wide as it should). Baseline: principal components, as many as the code has axes. `details` holds
    the twin, called continuity (the spaces exchanged: whether what is near in the data is near in the codes; not the
    metric of that name), also of the baseline, and the difference of the trustworthiness with its paired interval.

    Cost: one encoding per test example, and the distances between 2,000 of them, sorted 20 times: 10 to 20 seconds.

    Failure modes: undefined where all codes are the same, and for fewer than 40 examples. Distances between pictures
    are taken pixel by pixel: a code that knows better which pictures are alike loses by it. It sees neighbourhoods
    only: how far apart they lie does not count. No baseline for categories.

    Reference:
        Venna and Kaski (2001), Neighborhood preservation in nonlinear projection methods: an experimental study.
        https://doi.org/10.1007/3-540-44668-0_68
    """
    x, codes = subject.x[:MOST], finite(subject.codes()[:MOST])
    if len(x) < FEWEST:
        raise Undefined(f"it takes {FEWEST} test examples")
    if not codes.var(0).max() > 0:
        raise Undefined("all codes are the same point")
    space = distances(Space.of(subject.dataset.event, subject.train[0]).rows(x))
    linear = subject.pca
    maps = [distances(codes)] + ([] if linear is None else [distances(linear.encode(subject.points(x)))])
    found = left_out(lambda rows: overall(space, maps, rows), len(x))
    continuity = [faithful(near, space).mean().item() for near in maps]
    return Measurement(
        value=found[-1, 0].item(),
        interval=jackknife(found[:, 0]),
        n=len(x),
        **beside(found, continuity, 0 if linear is None else len(linear.axes)),
    )


def beside(found: Tensor, continuity: list[float], width: int) -> dict[str, Any]:
    """Baseline, flag and details, from the trustworthiness of one or two maps, (21, maps), and their continuity."""
    details: dict[str, Any] = {"continuity": continuity[0]}
    if found.shape[1] < 2:
        return {"details": details}
    differences = found[:, 0] - found[:, 1]
    low, high = jackknife(differences, -1.0)
    details |= {"baseline_continuity": continuity[1]}
    details |= {"difference": differences[-1].item(), "difference_interval": [low, high]}
    baseline = {"baseline": found[-1, 1].item(), "baseline_name": f"PCA({width})"}
    return {**baseline, "flag": WORSE if high < 0 else "", "details": details}


def overall(space: Tensor, maps: list[Tensor], rows: Tensor) -> Tensor:
    """The trustworthiness of each map of some rows, (maps,)."""
    kept = space[rows][:, rows]
    ordered = kept.sort(1).values  # what takes longest, so once for all maps
    return torch.stack([faithful(kept, near[rows][:, rows], ordered=ordered).mean() for near in maps])


def distances(points: Tensor) -> Tensor:
    """Euclidean distances of points (n, D), (n, n); of a point to itself it is -1, nearer than any other."""
    rows = points.double()
    return torch.cdist(rows, rows, compute_mode="donot_use_mm_for_euclid_dist").fill_diagonal_(-1.0)


def faithful(space: Tensor, near: Tensor, k: int = NEAR, ordered: Tensor | None = None) -> Tensor:
    """What every example adds to the trustworthiness of a map, (n,), from distances (n, n) in the space and on the map.

    `ordered`: those in the space, every row sorted, where that is done already.

    Example:
        >>> line = distances(torch.arange(8.0)[:, None])
        >>> faithful(line, line, k=2).mean().item()
        1.0
    """
    n = len(space)
    chosen = near.topk(k + 1, largest=False).indices[:, 1:]  # the first is the example itself
    ordered = space.sort(1).values if ordered is None else ordered
    rank = torch.searchsorted(ordered, space.gather(1, chosen))  # with itself, those that are nearer
    return 1 - 2 / (k * (2 * n - 3 * k - 1)) * (rank - k).clamp(min=0).sum(1).double()
