r"""Mixtures of M distributions, fast where these are diagonal Gaussians.

    p(z) = sum_m w_m p_m(z),   ln N(z | mu, diag s^2) = c + sum_j (b_j z_j + a_j z_j^2)

so that the densities of all points under all components are one matrix product.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.distributions import MixtureSameFamily, Normal

from .product import Product

DOUBLE = ("cpu", "cuda")  # devices that have float64


class Mixture(MixtureSameFamily):
    """torch's mixture, whose density and draws take time and memory for each component's every number.

    Example:
        >>> from torch.distributions import Categorical
        >>> parts = Product(Normal(torch.tensor([[-3.0], [3.0]]), torch.ones(2, 1), validate_args=False), 1)
        >>> p = Mixture(Categorical(logits=torch.zeros(2), validate_args=False), parts, validate_args=False)
        >>> p.sample((5,)).shape, round(p.log_prob(torch.tensor([3.0])).item(), 4)  # -ln 2 - ln(2 pi) / 2
        (torch.Size([5, 1]), -1.6121)
    """

    @property
    def gaussians(self) -> Normal | None:
        """The components (M, *event), where they are diagonal Gaussians of a single mixture."""
        parts = self.component_distribution
        if not isinstance(parts, Product) or type(parts.base) is not Normal or self.batch_shape:
            return None
        return parts.base

    def log_prob(self, value: Tensor) -> Tensor:
        parts = self.gaussians
        if parts is None or value.device.type not in DOUBLE:
            found: Tensor = super().log_prob(value)  # type: ignore[no-untyped-call]
            return found
        weights = self.mixture_distribution.logits.log_softmax(-1)
        return (densities(parts, value) + weights).logsumexp(-1)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        parts = self.gaussians
        with torch.no_grad():
            if parts is None:
                found: Tensor = super().sample(torch.Size(sample_shape))  # type: ignore[no-untyped-call]
                return found
            chosen: Tensor = self.mixture_distribution.sample(torch.Size(sample_shape))  # type: ignore[no-untyped-call]
            return torch.normal(parts.loc[chosen], parts.scale[chosen])


def densities(parts: Normal, z: Tensor) -> Tensor:
    """ln N(z | mu_m, diag s_m^2) of z (*s, *event) under Gaussians (M, *event), (*s, M)."""
    flat = z.reshape(*z.shape[: z.ndim - parts.loc.ndim + 1], -1).double()  # the terms are large and nearly cancel
    mu, s = parts.loc.flatten(1).double(), parts.scale.flatten(1).double()
    a, b = -0.5 / s.square(), mu / s.square()
    c = -(0.5 * (mu / s).square() + s.log()).sum(1) - 0.5 * mu.shape[1] * math.log(2 * math.pi)
    found = torch.cat([flat, flat.square()], -1) @ torch.cat([b, a], 1).T + c
    return found.to(z.dtype)
