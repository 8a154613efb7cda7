"""Point likelihood: x = g(z), for generators. No noise, no density, so no likelihood in the strict sense."""

import math

import torch
from torch import Tensor
from torch.distributions import constraints

from ..core.delta import Delta
from ..core.errors import require
from ..core.event import Event
from .base import Likelihood


class Point(Likelihood):
    r"""p(x | z) = delta(x - g(z)): the decoder's output itself, in the data's own units.

        g = low + (high - low) * sigmoid(h + offset)   where the event's range is finite
        g = shift + scale * h                          otherwise

    Shift, scale and offset are the data's own, so that h = 0 gives the average example. `log_prob` raises `Undefined`.

    Reference:
        Goodfellow et al. (2014), Generative adversarial nets. https://arxiv.org/abs/1406.2661

    Arguments:
        event: What one example is: numbers, not categories.

    Example:
        >>> p = Point(Event((3,), low=-1.0, high=1.0))(torch.zeros(5, 3, 1))
        >>> p.mean.shape, p.mean.sum().item()
        (torch.Size([5, 3]), 0.0)
    """

    loss = "no density"
    offset: Tensor
    shift: Tensor
    scale: Tensor

    def __init__(self, event: Event = Event()) -> None:
        super().__init__()
        rule = "`event` must hold numbers for `point`: between categories there is no gradient"
        require(event.levels <= 2, rule, f"{event.levels} categories", "Use --likelihood categorical, as in `fit vae`.")
        self.event = event
        self.bounded = math.isfinite(event.low) and math.isfinite(event.high)
        if self.bounded:
            self.support = constraints.interval(event.low, event.high)  # type: ignore[no-untyped-call]
            self.register_buffer("offset", torch.zeros(event.shape))
        else:
            self.register_buffer("shift", torch.zeros(event.shape))
            self.register_buffer("scale", torch.ones(event.shape[-1:]))

    @torch.no_grad()
    def initialise(self, x: Tensor) -> None:
        if self.bounded:
            share = (self.position(x) - self.event.low) / (self.event.high - self.event.low)
            self.offset.copy_(share.clamp(0.01, 0.99).logit())
        else:
            self.shift.copy_(self.position(x))
            self.scale.copy_(self.spread(x))

    def forward(self, h: Tensor) -> Delta:
        h = h.squeeze(-1)
        x = self.squashed(h) if self.bounded else self.shift + self.scale * h
        return Delta(x, len(self.event.shape))

    def squashed(self, h: Tensor) -> Tensor:
        """h as numbers between the event's low and high."""
        low, high = self.event.low, self.event.high
        return (low + (high - low) * (h + self.offset).sigmoid()).clamp(low, high)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(Event((3, 2, 2), "image", 0.0, 1.0))
        yield cls(Event((4,), missing=True))
        yield cls(Event((1,), low=-1.0, high=1.0))
