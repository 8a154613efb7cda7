"""The product distribution: independent cells whose log-densities add up over the event axes."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor
from torch.distributions import Distribution, constraints

from .shapes import missing


class Product(Distribution):
    r"""p(x) = prod_d p_d(x_d) over the last `ndim` batch axes of `base`.

    torch's own `Independent` cannot be traced by `torch.compile` and knows no missing cells.

    Arguments:
        base: Distribution with batch shape (*batch, *event), one density per cell.
        ndim: How many of its last batch axes are the event.
        fill: If not None, cells may be missing: they count 0, and `fill` (a value inside the support) stands in.

    Example:
        >>> from torch.distributions import Normal
        >>> p = Product(Normal(torch.zeros(5, 3), torch.ones(5, 3)), 1)
        >>> p.batch_shape, p.event_shape, p.log_prob(torch.zeros(5, 3)).shape
        (torch.Size([5]), torch.Size([3]), torch.Size([5]))
    """

    arg_constraints: ClassVar[dict[str, constraints.Constraint]] = {}

    def __init__(self, base: Distribution, ndim: int, fill: float | None = None) -> None:
        self.base, self.ndim, self.fill = base, ndim, fill
        cut = len(base.batch_shape) - ndim
        super().__init__(base.batch_shape[:cut], base.batch_shape[cut:], validate_args=False)

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        return bool(self.base.has_rsample)

    @property
    def support(self) -> constraints.Constraint:
        return constraints.independent(self.base.support, self.ndim)  # type: ignore[no-untyped-call]

    @property
    def mean(self) -> Tensor:
        return self.base.mean

    @property
    def variance(self) -> Tensor:
        return self.base.variance

    def expand(self, batch_shape: Sequence[int], _instance: None = None) -> "Product":
        return Product(self.base.expand(torch.Size((*batch_shape, *self.event_shape))), self.ndim, self.fill)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self.base.rsample(torch.Size(sample_shape))

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self.base.sample(torch.Size(sample_shape))

    def entropy(self) -> Tensor:
        return self.summed(self.base.entropy())

    def summed(self, v: Tensor) -> Tensor:
        """Sum a value per cell over the event axes."""
        return v.flatten(-self.ndim).sum(-1) if self.ndim else v

    def cells(self, x: Tensor) -> Tensor:
        """Contribution of every cell to log p(x), (*s, B, *event); missing cells contribute 0."""
        if self.fill is None:
            return self.base.log_prob(x)
        gone = missing(x)
        return self.base.log_prob(torch.where(gone, self.fill, x)).masked_fill(gone, 0.0)

    def log_prob(self, x: Tensor) -> Tensor:
        return self.summed(self.cells(x))
