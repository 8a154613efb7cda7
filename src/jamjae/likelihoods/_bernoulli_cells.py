"""The log-probability of many binary cells at once, with few logarithms."""

import torch
from torch import Tensor

from ..core.product import Product

GROUP = 112  # factors per logarithm: each is at most 2, and 2^112 is still a float32
BLOCK = 1 << 17  # cells at a time, so that the temporaries stay in the cache


class BernoulliCells(Product):
    r"""Independent Bernoulli cells with logits a; the same distribution as a `Product`, faster where no gradient is
    needed.

        log p(x) = sum_d [x_d a_d - max(a_d, 0)] - sum_d log(1 + e^-|a_d|)

    The second sum is taken as the logarithm of products of up to 112 factors: 7 logarithms instead of 784 for a
    28 x 28 picture. With gradients, `Product` is used: its fused kernel is as fast there.

    Example:
        >>> from torch.distributions import Bernoulli
        >>> with torch.no_grad():
        ...     print(round(BernoulliCells(Bernoulli(logits=torch.zeros(3)), 1).log_prob(torch.ones(3)).item(), 4))
        -2.0794
    """

    def log_prob(self, x: Tensor) -> Tensor:
        if torch.is_grad_enabled() or self.fill is not None or self.ndim == 0:
            return super().log_prob(x)
        a: Tensor = self.base.logits  # type: ignore[attr-defined]
        a, x = torch.broadcast_tensors(a, x.to(a.dtype))  # type: ignore[no-untyped-call]
        a, x = a.flatten(-self.ndim), x.flatten(-self.ndim)
        if a.ndim == 1:
            return block(a, x)
        rows = max(1, BLOCK // max(1, a[0].numel()))
        return torch.cat([block(a[i : i + rows], x[i : i + rows]) for i in range(0, len(a), rows)])


def block(a: Tensor, x: Tensor) -> Tensor:
    """Sum of log p over the last axis of logits a and values x, both (..., D)."""
    cells = a.shape[-1]
    group = max(g for g in range(1, GROUP + 1) if cells % g == 0)
    positive = a.clamp(min=0)
    # -|a| = a - 2 max(a, 0), exactly. e^-40 is below the precision of float64, and far smaller powers would be denormal
    # numbers, which are 30 times slower.
    factors = torch.sub(a, positive, alpha=2).clamp_(min=-40).exp_().add_(1)
    softplus: Tensor = factors.reshape(*a.shape[:-1], cells // group, group).prod(-1).log().sum(-1)
    # x a - max(a, 0) per cell, before the sum: two large sums would cancel.
    linear = torch.mul(a, x, out=factors).sub_(positive)
    return linear.sum(-1) - softplus
