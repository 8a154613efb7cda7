"""Cells that are left out."""

import math

import torch
from torch import Tensor

from ..core.errors import require
from ..core.event import Event
from .base import Corruption


class Masking(Corruption):
    r"""Every cell is left out with probability `share`.

    Where cells may be missing, a cell that is left out is missing. Elsewhere it takes the low end of the data's range,
    and 0 where the range has no end. Categories have no such value, so they must be able to be missing.

    Reference:
        Vincent et al. (2008), Extracting and composing robust features with denoising autoencoders.
        https://doi.org/10.1145/1390156.1390294

    Arguments:
        event: What one example is.
        share: Probability, in (0, 1).

    Example:
        >>> Masking(Event((3,), low=-1.0), share=0.999999)(torch.ones(2, 3)).tolist()
        [[-1.0, -1.0, -1.0], [-1.0, -1.0, -1.0]]
    """

    def __init__(self, event: Event = Event(), share: float = 0.3) -> None:
        super().__init__()
        require(0 < share < 1, "`share` must be in (0, 1)", share, "Pass share=0.3, or leave the corruption out.")
        rule = "the corruption masking needs numbers, or cells that may be missing: no category means nothing"
        require(
            event.levels <= 2 or event.missing,
            rule,
            f"{event.levels} categories",
            "Pass --objective.corruption salt-and-pepper.",
        )
        self.event, self.share = event, share

    def forward(self, x: Tensor) -> Tensor:
        return torch.where(torch.rand(x.shape, device=x.device) < self.share, self.nothing(x), x)

    def nothing(self, x: Tensor) -> Tensor:
        """The value of a cell that is left out, ()."""
        low = self.ends[0] if math.isfinite(self.ends[0]) else 0.0
        gone = torch.nan if x.is_floating_point() else -1
        return x.new_tensor(gone if self.event.missing else low)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(Event((3, 2, 1), "image", 0.0, 1.0, levels=2), share=0.5)
        yield cls(Event((4,), missing=True))
        yield cls(Event((4,), levels=5, missing=True))
