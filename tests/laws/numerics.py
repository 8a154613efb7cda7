"""The measuring instruments of the laws: quadrature, importance sampling and two tests of distribution.

Statistical tests have a fixed seed; their limits correspond to a false alarm in about 1e-5 of all seeds.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.distributions import Bernoulli, Distribution, Normal, constraints

from jamjae.core.quantised import numbered
from jamjae.likelihoods.discretised_logistic import Grid

SIGMAS = 4.5  # two-sided 7e-6
KOLMOGOROV = 2.45  # P(sqrt(n) D > 2.45) = 1.2e-5


def line(support: constraints.Constraint, centre: float = 0.0, scale: float = 1.0) -> Tensor:
    """Every value of a discrete support; otherwise a grid that is fine around the centre and reaches far."""
    if support is constraints.boolean:
        return torch.tensor([0.0, 1.0], dtype=torch.float64)
    if isinstance(support, constraints.integer_interval):
        return torch.arange(support.lower_bound, support.upper_bound + 1)
    if isinstance(support, Grid):
        return support.values(torch.float64)
    if support is constraints.nonnegative_integer:
        return torch.arange(100_000)
    t = torch.linspace(-1, 1, 200_001, dtype=torch.float64)
    if support is constraints.unit_interval:
        return 0.5 + 0.5 * torch.sin(torch.pi / 2 * t)  # fine at both ends
    if support is constraints.positive:
        return centre * (60 * t).exp()
    assert support is constraints.real, f"no rule for {support}: add one"
    return centre + scale * torch.sinh(20 * t)


def cumulative(log_prob: Callable[[Tensor], Tensor], x: Tensor, discrete: bool = False) -> Tensor:
    """P(X <= x) at the points of `line`; its last entry is the total mass."""
    density = log_prob(x).exp()
    if discrete:
        return density.cumsum(0)
    steps = torch.diff(x) * (density[1:] + density[:-1]) / 2
    return torch.cat([torch.zeros(1, dtype=x.dtype), steps.cumsum(0)])


def uniform(u: Tensor) -> None:
    """Kolmogorov-Smirnov: the numbers u are uniform on [0, 1]."""
    u = u.sort().values
    n = len(u)
    grid = torch.arange(n + 1, dtype=u.dtype) / n
    distance = torch.maximum((u - grid[:-1]).max(), (grid[1:] - u).max())
    assert distance * n**0.5 < KOLMOGOROV, f"not uniform: sqrt(n) D = {distance * n**0.5:.2f}"


def mean_is(values: Tensor, expected: Tensor | float, floor: float = 1e-9) -> None:
    """The mean of independent values over the first axis is the expected one, within standard errors."""
    error = values.std(0) / len(values) ** 0.5 + floor
    z = (values.mean(0) - expected) / error
    assert z.abs().max() < SIGMAS, f"off by {z.abs().max():.1f} standard errors: {values.mean(0)} against {expected}"


def proposal(p: Distribution, n: int, support: constraints.Constraint = constraints.real) -> tuple[Tensor, Tensor]:
    """n points around the draws of p (a single distribution), wider than it, and the weights p / proposal (n,)."""
    if support is numbered:
        return any_numbers(p, n)
    z = p.sample((n,))
    bits = support is constraints.boolean
    wide = Bernoulli(0.25 + 0.5 * z.mean(0)) if bits else Normal(z.mean(0), 1.5 * z.std(0) + 1e-6)
    x = wide.sample((n,))
    log_w = p.log_prob(x).reshape(n) - wide.log_prob(x).flatten(1).sum(1)
    return x, log_w.exp()


def any_numbers(p: Distribution, n: int) -> tuple[Tensor, Tensor]:
    """The same for numbers, and for the entries of a book: all are equally likely to be proposed."""
    book = getattr(p, "book", None)
    entries = p.network.outputs[-1] if book is None else len(book)
    places = p.event_shape if book is None else p.event_shape[:-1]
    numbers = torch.randint(entries, (n, *p.batch_shape, *places))
    x = numbers if book is None else book[numbers]
    return x, (p.log_prob(x).reshape(n) + places.numel() * math.log(entries)).exp()


def waves(x: Tensor, count: int = 4) -> Tensor:
    """Bounded functions of x (n, *event): cosines in random directions, (n, count)."""
    flat = x.flatten(1).double()
    directions = torch.randn(flat.shape[1], count, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    return (flat @ directions / flat.std(0).norm().clamp(min=1e-3) + 0.5).cos()
