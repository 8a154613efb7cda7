r"""Variance or logarithm of the variance: the same samples, but only one of them survives extreme values.

    z = mu + sqrt(v) epsilon = mu + exp(h / 2) epsilon,   h = ln v

The encoder's output is v in one case and h, kept within [-15, 15], in the other. The table takes one step of gradient
descent from several places in each case, in single precision, on the smallest VAE there is: one axis, decoder 10 z,
unit noise. The loss of its variance is 50 v + (v - 1 - ln v) / 2, in nats, and v = 1/101 is best.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ..posteriors.gaussian import Gaussian

STARTS = (-200.0, -4.0, 0.0, 4.0, 200.0)
RATE = 0.1  # of the gradient step
GAIN = 10.0  # of the decoder


@dataclass(frozen=True)
class Row:
    """Variances in single precision, at the start and after a step, under either output; and their largest difference
    in a thousand samples at the start, over their size (not a number where one of them is not finite)."""

    start: float
    plain: float
    plain_after: float
    logarithm: float
    logarithm_after: float
    apart: float


def loss(v: Tensor) -> Tensor:
    """What the variance costs, in nats, up to a constant."""
    return GAIN**2 * v / 2 + (v - 1 - v.log()) / 2


def variance(h: Tensor) -> Tensor:
    """The variance that the posterior of this toolkit makes of h."""
    made = Gaussian((1,))(torch.stack([torch.zeros_like(h), h], -1).reshape(1, 1, 2))
    return made.variance.reshape(())


def moved(value: Tensor, of: Tensor) -> float:
    """`value` after one step of gradient descent on `of`."""
    (slope,) = torch.autograd.grad(of, value)
    return (value - RATE * slope).item()


def row(start: float) -> Row:
    """One place to start from: ln v = `start`."""
    with torch.enable_grad():
        v = torch.tensor(start).exp().requires_grad_()
        h = torch.tensor(start, requires_grad=True)
        plain, after = moved(v, loss(v)), moved(h, loss(variance(h)))
    epsilon = torch.randn(1000, generator=torch.Generator().manual_seed(0))
    one, other = v.detach().sqrt() * epsilon, variance(h).detach().sqrt() * epsilon
    apart = (one - other).abs().max() / other.abs().max()
    ends = variance(h).item(), variance(torch.tensor(after)).item()
    return Row(start, v.item(), plain, *ends, apart.item() if math.isfinite(v.item()) else math.nan)


def table() -> list[Row]:
    """A row for each place.

    Example:
        >>> [(r.plain_after, r.logarithm_after > 0) for r in table()][0]
        (inf, True)
    """
    return [row(start) for start in STARTS]
