"""A point: a distribution without a density, for plain autoencoders and generators."""

from collections.abc import Sequence
from typing import ClassVar, NoReturn

import torch
from torch import Tensor
from torch.distributions import Distribution, constraints

from .errors import Undefined


class Delta(Distribution):
    """All mass at `value`. Its draws are the value; its density is undefined.

    Arguments:
        value: The point, (*batch, *event).
        ndim: How many of its last axes are the event.

    Example:
        >>> Delta(torch.ones(4, 2), 1).rsample((3,)).shape
        torch.Size([3, 4, 2])
    """

    has_rsample = True
    arg_constraints: ClassVar[dict[str, constraints.Constraint]] = {}

    def __init__(self, value: Tensor, ndim: int) -> None:
        self.value, self.ndim = value, ndim
        cut = value.ndim - ndim
        super().__init__(value.shape[:cut], value.shape[cut:], validate_args=False)

    @property
    def mean(self) -> Tensor:
        return self.value

    @property
    def variance(self) -> Tensor:
        return torch.zeros_like(self.value)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self.value.expand(*sample_shape, *self.value.shape)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self.rsample(sample_shape).detach()

    def log_prob(self, value: Tensor) -> NoReturn:
        raise Undefined("a point has no density, so this model has no likelihood")
