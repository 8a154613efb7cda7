"""Gaussian noise."""

import torch
from torch import Tensor
from torch.distributions import Normal

from ..core.errors import require
from ..core.event import Event
from ..core.shapes import missing
from .base import Corruption


class Gaussian(Corruption):
    r"""x + sigma * s * noise, with noise from N(0, I) and s the standard deviation of the data.

    s is one number per entry of the last axis (a column of a vector, a channel of a picture), taken from the training
    examples, so that sigma has no unit. Values may leave the range of the data; bits become real numbers.

    Reference:
        Vincent et al. (2010), Stacked denoising autoencoders. https://jmlr.org/papers/v11/vincent10a.html

    Arguments:
        event: What one example is: real numbers or bits.
        sigma: > 0, in standard deviations of the data.

    Example:
        >>> Gaussian(Event((3,)), sigma=0.5)(torch.zeros(5, 3)).shape
        torch.Size([5, 3])
    """

    spread: Tensor

    def __init__(self, event: Event = Event(), sigma: float = 1.0) -> None:
        super().__init__()
        require(sigma > 0, "`sigma` must be positive", sigma, "Pass sigma=1.0, or leave the corruption out.")
        rule = "the corruption gaussian needs real numbers: nothing lies between categories"
        require(event.levels <= 2, rule, f"{event.levels} categories", "Pass --objective.corruption salt-and-pepper.")
        self.event, self.sigma = event, sigma
        self.register_buffer("spread", torch.ones(event.shape[-1:]))

    @torch.no_grad()
    def initialise(self, x: Tensor) -> None:
        seen = torch.where(missing(x), torch.nan, x.to(self.spread)).flatten(0, -2)
        self.spread.copy_((seen - seen.nanmean(0)).square().nanmean(0).sqrt().nan_to_num(0.0))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.sigma * self.spread * Normal(torch.zeros_like(x), 1.0, validate_args=False).rsample()

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(Event((3, 2, 1), "image", 0.0, 1.0, levels=2), sigma=0.3)
        yield cls(Event((4,), missing=True))
