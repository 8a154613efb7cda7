"""The joint distribution of a table's row: independent columns of different kinds."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor
from torch.distributions import Distribution, constraints

from .product import Product


class Joint(Distribution):
    r"""p(x) = prod_g p_g(x[columns_g]): groups of columns, each with a `Product` of its own.

    Arguments:
        groups: Distributions with batch shape (*batch) and event (k_g,).
        places: Which columns each group describes, (k_g,); together every column once.

    Example:
        >>> from torch.distributions import Bernoulli, Normal
        >>> real, bits = Product(Normal(torch.zeros(5, 2), 1.0), 1), Product(Bernoulli(logits=torch.zeros(5, 1)), 1)
        >>> p = Joint([real, bits], [torch.tensor([0, 2]), torch.tensor([1])])
        >>> p.event_shape, p.cells(torch.zeros(5, 3))[0].tolist()[1]
        (torch.Size([3]), -0.6931471824645996)
    """

    arg_constraints: ClassVar[dict[str, constraints.Constraint]] = {}

    def __init__(self, groups: Sequence[Product], places: Sequence[Tensor]) -> None:
        self.groups, self.places = list(groups), list(places)
        self.order = torch.cat(self.places).argsort()
        super().__init__(groups[0].batch_shape, self.order.shape, validate_args=False)

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        return all(p.has_rsample for p in self.groups)

    @property
    def support(self) -> constraints.Constraint:
        found = [p.base.support for p in self.groups]
        return ByColumn([c for c in found if c is not None], self.places)

    @property
    def mean(self) -> Tensor:
        return self.joined([p.mean for p in self.groups])

    @property
    def variance(self) -> Tensor:
        return self.joined([p.variance for p in self.groups])

    def expand(self, batch_shape: Sequence[int], _instance: None = None) -> "Joint":
        return Joint([p.expand(batch_shape) for p in self.groups], self.places)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self.joined([p.rsample(sample_shape) for p in self.groups])

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self.joined([p.sample(sample_shape) for p in self.groups])

    def joined(self, parts: Sequence[Tensor]) -> Tensor:
        """Values of the groups (*s, B, k_g) in the order of the columns, (*s, B, d)."""
        return joined(parts, self.order)

    def split(self, x: Tensor) -> list[Tensor]:
        """Values (*s, B, d) by group."""
        return [x.index_select(-1, place) for place in self.places]

    def cells(self, x: Tensor) -> Tensor:
        """Contribution of every column to log p(x), (*s, B, d); missing cells contribute 0."""
        return self.joined([p.cells(part) for p, part in zip(self.groups, self.split(x), strict=True)])

    def summed(self, v: Tensor) -> Tensor:
        """Sum a value per column."""
        return v.sum(-1)

    def log_prob(self, x: Tensor) -> Tensor:
        parts = [p.log_prob(part) for p, part in zip(self.groups, self.split(x), strict=True)]
        return torch.stack(parts).sum(0)


class ByColumn(constraints.Constraint):
    """Every group of columns has a constraint of its own; `check` answers for every cell.

    Arguments:
        inner: One for each group.
        places: Which columns each group describes.
    """

    def __init__(self, inner: Sequence[constraints.Constraint], places: Sequence[Tensor]) -> None:
        self.inner, self.places = list(inner), list(places)
        self.is_discrete = all(c.is_discrete for c in self.inner)

    def check(self, value: Tensor) -> Tensor:
        inner = zip(self.inner, self.places, strict=True)
        found = [c.check(value[..., place]) for c, place in inner]  # type: ignore[no-untyped-call]
        return joined(found, torch.cat(self.places).argsort())


def joined(parts: Sequence[Tensor], order: Tensor) -> Tensor:
    """Parts side by side on the last axis, then in that order; class numbers become real numbers."""
    floats = [p.dtype for p in parts if p.is_floating_point()]
    dtype = floats[0] if floats else torch.get_default_dtype()
    answers = all(p.dtype == torch.bool for p in parts)
    return torch.cat([p if answers else p.to(dtype) for p in parts], -1)[..., order]
