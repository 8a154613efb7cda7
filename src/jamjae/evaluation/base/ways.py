"""Ways between two codes, and three properties of what decodes along them."""

import torch
from torch import Tensor

from .neighbours import nearest, squared

NEIGHBOURS = 10  # that an example is joined to, for the shortest way through the data
STEPS = 32  # T: pieces of a way, the same for every model; it is decoded at twice as many to see what refining does
ROUND = 16  # axes from which a way is an arc: among many axes a straight line passes closer to 0 than any code lies


def between(a: Tensor, b: Tensor, steps: int) -> Tensor:
    """Codes (pairs, steps + 1, axes) on the way from a (pairs, axes) to b: a straight line, or an arc."""
    t = torch.linspace(0, 1, steps + 1, dtype=a.dtype, device=a.device)[:, None]
    line = torch.lerp(a[:, None], b[:, None], t)
    if a.shape[1] < ROUND:
        return line
    cosine = torch.nn.functional.cosine_similarity(a, b, dim=1).clamp(-1, 1)[:, None, None]
    angle = cosine.acos()
    arc = (((1 - t) * angle).sin() * a[:, None] + (t * angle).sin() * b[:, None]) / angle.sin().clamp(min=1e-6)
    return torch.where(angle.sin() > 1e-3, arc, line)


def smoothness(y: Tensor) -> Tensor:
    r"""1 where a way has no jumps, 0 where it is nothing but jumps, (pairs,), from features (pairs, 2 T + 1, F).

        1 - (2 QV_2T - QV_T) / QV_T,   QV = sum of squared steps, cut to [0, 1]

    Refining a smooth way halves its quadratic variation; a jump keeps its own.
    """
    fine, coarse = variation(y), variation(y[:, ::2])
    rest = (2 * fine - coarse) / coarse.clamp(min=1e-30)
    return 1 - rest.clamp(0.0, 1.0)


def variation(y: Tensor) -> Tensor:
    """Sum of squared steps along ways (pairs, points, F), (pairs,)."""
    return y.diff(dim=1).square().sum((1, 2))


def length(y: Tensor) -> Tensor:
    """Sum of the steps along ways (pairs, points, F), (pairs,)."""
    return y.diff(dim=1).square().sum(2).sqrt().sum(1)


def progress(y: Tensor) -> Tensor:
    """How steadily ways leave their start for their end, (pairs,).

    Kendall's tau of the place on the way and |y - y_start| - |y - y_end|, at least 0.
    """
    lead = (y - y[:, :1]).norm(dim=2) - (y - y[:, -1:]).norm(dim=2)
    n = lead.shape[1]
    later = torch.triu(torch.ones(n, n, dtype=torch.bool), 1)
    signs = (lead[:, None, :] - lead[:, :, None]).sign()[:, later]
    return signs.mean(1).clamp(min=0.0)


def halfway(y: Tensor) -> Tensor:
    """Where the middle of a way lies between its ends, (pairs,): 0.5 in the middle, 0 at the start."""
    middle = y[:, y.shape[1] // 2]
    start, end = ((middle - y[:, i]).norm(dim=1) for i in (0, -1))
    return start / (start + end).clamp(min=1e-30)


def directness(real: Tensor, y: Tensor) -> float | None:
    """Shortest ways through examples (n, F) from end to end, over the lengths of ways (pairs, points, F): the median.

    Every example is joined to its 10 nearest, every end to its nearest example. Below 1 for detours; above 1 where a
    way takes a short cut that no example lies on. None where the examples do not hang together.

    Reference:
        Tenenbaum, de Silva and Langford (2000), A global geometric framework for nonlinear dimensionality reduction.
        https://doi.org/10.1126/science.290.5500.2319
    """
    from scipy.sparse import csr_array  # slow to import, and needed here only
    from scipy.sparse.csgraph import dijkstra

    near = torch.cat([part.topk(min(NEIGHBOURS + 1, len(real)), largest=False).indices for part in squared(real, real)])
    steps = (real[:, None] - real[near]).norm(dim=2)
    rows = torch.arange(len(real))[:, None].expand_as(near)
    graph = csr_array((steps.flatten(), (rows.flatten(), near.flatten())), shape=(len(real), len(real)))
    gap, place = (torch.stack(v) for v in zip(*(nearest(y[:, end], real) for end in (0, -1)), strict=True))
    found = torch.from_numpy(dijkstra(graph, directed=False, indices=place[0].numpy()))
    geodesic = found[torch.arange(len(y)), place[1]] + gap.sqrt().sum(0)
    joined = geodesic.isfinite()
    if joined.double().mean() < 0.5:
        return None
    return (geodesic / length(y).clamp(min=1e-30))[joined].median().item()
