"""Whether the axis that keeps still tells which factor was held still."""

import torch
from torch import Tensor

from .base import Measurement, Subject, metric
from .base.factors import dead, linear, truth
from .base.information import shares, still

LEVELS, TOGETHER, VOTES = 10, 20, 200  # bins of a factor, examples of a group, groups of a factor


@metric(
    title="Factors found by the axis that keeps still (FactorVAE's score)", unit="share", full=True, better="higher"
)
def factor_score(subject: Subject) -> Measurement:
    r"""Share of groups of examples with one factor in common whose steadiest axis votes for that factor; in [0, 1].

        d = argmin_j Var_group(z_j) / Var(z_j),   vote(d) = the factor most frequent among the groups with this d

    A group is made of the test examples themselves: 20 of those that lie in the same bin of a factor, its values or 10
    bins of equal count where it has more. So a factor with many values is held still to a tenth of its range, not
    exactly, and nothing is drawn or encoded anew. Votes come from 200 groups a factor in one half of the examples, the
    score from as many in the other half. Axes that do not move (see `mig`) are left out; where none does, the score is
    a guess, 1 / K. Interval: none; groups share examples, and one over groups would be too narrow. Baseline: principal
    components, as many as the code has axes. `details` holds the share of each factor, and what guessing gives.

    Cost: one encoding per test example.

    Failure modes: defined only where the factors are known. It may be 1 although axes mix factors, as long as each
    factor has one that it moves most; a factor of few values keeps its axis stiller than one of many.

    Reference:
        Kim and Mnih (2018), Disentangling by factorising. https://arxiv.org/abs/1802.05983
    """
    codes, factors = truth(subject)
    groups = [grouped(factors[half::2]) for half in (0, 1)]
    found = score(codes, groups, dead(subject))
    simple = linear(subject)
    names = subject.dataset.factor_names
    return Measurement(
        value=found.mean().item(),
        n=len(codes),
        baseline=None if simple is None else score(simple, groups, 0.0).mean().item(),
        baseline_name="" if simple is None else f"PCA({simple.shape[1]})",
        details={"factors": dict(zip(names, found.tolist(), strict=True)), "guessing": 1 / len(names)},
    )


def grouped(factors: Tensor) -> Tensor:
    """Rows of groups with one of the factors (n, K) in common, (K, 200, 20); draws from torch's generator."""
    found = []
    for factor in factors.T:
        level = shares(factor, LEVELS)
        full = (level.bincount() >= TOGETHER)[level].nonzero().flatten()  # some are: of 400 examples, half has 10 bins
        chosen = level[full[torch.randint(len(full), (VOTES,))]]
        beside = level == chosen[:, None]  # (groups, n)
        found.append((torch.rand(beside.shape) * beside).topk(TOGETHER).indices)
    return torch.stack(found)


def score(codes: Tensor, groups: list[Tensor], dead: float) -> Tensor:
    """Share of right votes for every factor, (K,); `groups` are of the even and of the odd rows of codes (n, axes)."""
    count = len(groups[0])
    moving = codes[:, ~still(codes, dead)].double()
    if not moving.shape[1]:
        return torch.full((count,), 1 / count)
    steadiest = [(moving[half::2][rows].var(2) / moving.var(0)).argmin(2) for half, rows in enumerate(groups)]
    table = torch.stack([axes.bincount(minlength=moving.shape[1]) for axes in steadiest[0]])  # (K, axes)
    return (table.argmax(0)[steadiest[1]] == torch.arange(count)[:, None]).double().mean(1)
