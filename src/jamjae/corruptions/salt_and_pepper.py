"""Cells at one end of the range or the other."""

import math

import torch
from torch import Tensor

from ..core.errors import require
from ..core.event import Event
from ..core.shapes import missing
from .base import Corruption


class SaltAndPepper(Corruption):
    r"""Every cell goes, with probability `share`, to the low or to the high end of the range, at even odds.

    The ends are those of the event, and those that the training examples have (per entry of the last axis) where it
    names none. A category becomes any category, all equally likely.

    Reference:
        Vincent et al. (2010), Stacked denoising autoencoders. https://jmlr.org/papers/v11/vincent10a.html

    Arguments:
        event: What one example is.
        share: Probability, in (0, 1).

    Example:
        >>> x = SaltAndPepper(Event((3,), low=0.0, high=1.0))(torch.full((100, 3), 0.5))
        >>> sorted(set(x.flatten().tolist()))
        [0.0, 0.5, 1.0]
    """

    extremes: Tensor

    def __init__(self, event: Event = Event(), share: float = 0.3) -> None:
        super().__init__()
        require(0 < share < 1, "`share` must be in (0, 1)", share, "Pass share=0.3, or leave the corruption out.")
        self.event, self.share = event, share
        start = torch.tensor([end if math.isfinite(end) else math.copysign(1.0, end) for end in self.ends])
        self.register_buffer("extremes", start[:, None].repeat(1, event.shape[-1]))

    @torch.no_grad()
    def initialise(self, x: Tensor) -> None:
        gone = missing(x)
        real = x.to(self.extremes)
        lowest = real.masked_fill(gone, torch.inf).flatten(0, -2).amin(0)
        highest = real.masked_fill(gone, -torch.inf).flatten(0, -2).amax(0)
        for extreme, end, found in zip(self.extremes, self.ends, (lowest, highest), strict=True):
            if not math.isfinite(end):
                extreme.copy_(torch.where(found.isfinite(), found, 0.0))

    def forward(self, x: Tensor) -> Tensor:
        hit = (torch.rand(x.shape, device=x.device) < self.share) & ~missing(x)
        return torch.where(hit, self.noise(x), x)

    def noise(self, x: Tensor) -> Tensor:
        """What a cell that is hit becomes, like x."""
        chance = torch.rand(x.shape, device=x.device)
        if self.event.levels > 2:
            return (chance * self.event.levels).to(x.dtype).clamp(max=self.event.levels - 1)
        low, high = self.extremes.to(x)
        return torch.where(chance < 0.5, low, high)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(Event((3, 2, 1), "image", 0.0, 1.0, levels=2), share=0.5)
        yield cls(Event((4,), levels=5))
        yield cls(Event((4,), missing=True))
