"""The log-probability of many binary cells at once, with few logarithms."""

import torch
from torch import Tensor

from ..core.product import Product

GROUP = 112  # factors per logarithm: each is at most 2, and 2^112 is still a float32
BLOCK = 1 << 18  # cells at a time, so that the temporaries stay in the cache


class BernoulliCells(Product):
    r"""Independent Bernoulli cells with logits a; the same distribution as a `Product`, faster for bits where no
    gradient is needed.

        log p(x) = -sum_d max(t_d, 0) - sum_d log(1 + e^-|t_d|),   t_d = (1 - 2 x_d) a_d

    The second sum is taken as the logarithm of products of up to 112 factors: 7 logarithms instead of 784 for a
    28 x 28 picture. With gradients, and for values between 0 and 1, `Product` is used: its fused kernel is as fast
    there.

    Example:
        >>> from torch.distributions import Bernoulli
        >>> with torch.no_grad():
        ...     print(round(BernoulliCells(Bernoulli(logits=torch.zeros(3)), 1).log_prob(torch.ones(3)).item(), 4))
        -2.0794
    """

    def log_prob(self, x: Tensor) -> Tensor:
        if torch.is_grad_enabled() or self.fill is not None or self.ndim == 0 or not bits(x):
            return super().log_prob(x)
        a: Tensor = self.base.logits  # type: ignore[attr-defined]
        a, sign = torch.broadcast_tensors(a, 1 - 2 * x.to(a.dtype))  # type: ignore[no-untyped-call]
        a, sign = a.flatten(-self.ndim), sign.flatten(-self.ndim)
        if a.ndim == 1:
            return block(a, sign)
        rows = max(1, BLOCK // max(1, a[0].numel()))
        return torch.cat([block(a[i : i + rows], sign[i : i + rows]) for i in range(0, len(a), rows)])


def bits(x: Tensor) -> bool:
    """Whether all values are 0 or 1: the only numbers that are their own square."""
    return torch.equal(x, x.square())


def block(a: Tensor, sign: Tensor) -> Tensor:
    """Sum of log p over the last axis of logits a, with signs 1 - 2 x, both (..., D)."""
    cells = a.shape[-1]
    group = max(g for g in range(1, GROUP + 1) if cells % g == 0)
    t = torch.mul(a, sign)
    positive = t.clamp(min=0)
    # -|t| = t - 2 max(t, 0), exactly. e^-40 is below the precision of float64, and far smaller powers would be denormal
    # numbers, which are 30 times slower.
    factors = t.sub_(positive, alpha=2).clamp_(min=-40).exp_().add_(1)
    softplus: Tensor = factors.reshape(*a.shape[:-1], cells // group, group).prod(-1).log().sum(-1)
    return -positive.sum(-1) - softplus
