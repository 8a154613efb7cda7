r"""The pieces of the log-probability of a count, each without cancellation.

The textbook formula x log(lambda) - lambda - log x! subtracts numbers that grow with the count: at a million, single
precision is off by whole nats. Here everything is written as differences that are small around the peak:

    log x! = x log x - x + rest(x),   deviance = x log(x / m) - (x - m)

Reference:
    Loader (2000), Fast and accurate computation of binomial probabilities.
"""

import math

import torch
from torch import Tensor

LARGE = 16.0  # from here on five terms of Stirling's series are exact to 1e-16


def stirling_error(x: Tensor) -> Tensor:
    """log Gamma(x + 1) - [(x + 1/2) log x - x + log(2 pi) / 2] for x > 0: about 1 / (12 x).

    Example:
        >>> round(stirling_error(torch.tensor(1e6)).item() * 12e6, 4)
        1.0
    """
    few, many = x.clamp(max=LARGE), x.clamp(min=LARGE)  # keep infinities out of the gradient of the branch not taken
    direct = torch.lgamma(few + 1) - (few + 0.5) * few.log() + few - 0.5 * math.log(2 * math.pi)
    square = many.square()
    series = 1 / 1680 - 1 / (1188 * square)
    series = 1 / 360 - (1 / 1260 - series / square) / square
    return torch.where(x < LARGE, direct, (1 / 12 - series / square) / many)


def factorial_rest(x: Tensor) -> Tensor:
    """log x! - (x log x - x) for x >= 0: about log(2 pi x) / 2, and 0 at 0."""
    some = torch.where(x > 0, x, 1.0)
    return torch.where(x > 0, stirling_error(some) + 0.5 * (2 * math.pi * some).log(), 0.0)


def deviance(x: Tensor, m: Tensor, difference: Tensor, log_ratio: Tensor) -> Tensor:
    """x log(x / m) - (x - m) >= 0, given x - m and log(x / m) as exactly as the caller knows them.

    Near m the logarithm is taken of 1 + (x - m) / m, so that the error is that of x - m and not of x. At x = 0 the
    value is m, and `log_ratio` may be any finite number.
    """
    u = (difference / m.clamp(min=1e-12)).clamp(-0.5, 0.5)  # limits that keep the gradient of the other branch finite
    return x * torch.where(u.abs() < 0.5, torch.log1p(u), log_ratio) - difference


def log_count(x: Tensor) -> Tensor:
    """log x; at x = 0, where it is multiplied by 0, any finite number."""
    return x.clamp(min=torch.finfo(x.dtype).tiny).log()
