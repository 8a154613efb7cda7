"""How far apart examples are from each other: what collapses when a generator makes one and the same thing."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from ..core.event import Column, Event
from ..core.pca import centred
from ..core.shapes import even

BLOCK = 500  # rows of the matrix of distances at a time


@dataclass(frozen=True)
class Space:
    r"""Where distances between examples are taken: plain Euclidean distance of the cells.

    A picture, a sequence and the like count as they are. Columns of a vector or a table are divided by their standard
    deviation first, because their units are their own; positive ones and counts of a table are logarithms before that.
    Two categories are sqrt(2) apart. Missing cells are at the mean.

    Arguments:
        event: What one example is.
        mean: Average of every cell, (D,).
        scale: What a difference is divided by, (D,).

    Example:
        >>> space = Space.of(Event((2,)), torch.tensor([[0.0, 0.0], [2.0, 200.0]]))
        >>> apart(space.rows(torch.tensor([[0.0, 0.0], [2.0, 200.0]]))).tolist()
        [2.82842712474619, 2.82842712474619]
    """

    event: Event
    mean: Tensor
    scale: Tensor

    @classmethod
    def of(cls, event: Event, x: Tensor) -> "Space":
        """The space of training examples x (n, *event)."""
        rows = cells(event, x)
        mean = rows.nanmean(0).nan_to_num(0.0)
        spread = centred(rows, mean).square().mean(0).sqrt()
        return cls(event, mean, torch.where((spread > 0) & units(event), spread, 1.0))

    def rows(self, x: Tensor) -> Tensor:
        """Examples x (n, *event) as points, (n, D)."""
        return self.points(x).nan_to_num(0.0)

    def points(self, x: Tensor) -> Tensor:
        """The same with NaN where a cell is missing."""
        return (cells(self.event, x) - self.mean) / self.scale


def cells(event: Event, x: Tensor) -> Tensor:
    """Examples (n, *event) as rows of real numbers on the CPU; a category is a one among zeros."""
    x = x.detach().cpu().flatten(1)
    if event.kind == "table":
        return torch.cat([column(c, v) for c, v in zip(event.columns, x.float().T, strict=True)], 1)
    if event.levels > 2:
        x = one_hot(x.long().clamp(min=0), event.levels).flatten(1)
    return x.float()


def column(about: Column, v: Tensor) -> Tensor:
    """A column of a table (n,) as one row of numbers for each cell, (n, 1) or (n, levels); NaN where it is missing."""
    v = v[:, None]
    if about.kind == "categorical":
        return torch.where(v.isnan(), torch.nan, (v == torch.arange(about.levels)).to(v.dtype))
    return even(v, about.kind == "positive", about.kind == "count")


def units(event: Event) -> Tensor:
    """Which numbers of `cells` have a unit of their own, (D,) or a single answer for all."""
    if event.kind != "table":
        return torch.tensor(event.kind == "vector" and event.levels == 0)
    return torch.tensor([c.kind != "categorical" for c in event.columns])[owners(event)]


def owners(event: Event) -> Tensor:
    """Which column of a table every number of `cells` belongs to, (D,)."""
    width = torch.tensor([c.levels if c.kind == "categorical" else 1 for c in event.columns])
    return torch.arange(len(width)).repeat_interleave(width)


def apart(rows: Tensor) -> Tensor:
    """Mean distance of every point to the others, (n,), for points (n, D); of a single point, 0."""
    rows = rows.double()  # a product of matrices gives the distances fast, and in single precision badly
    sums = [torch.cdist(part, rows, compute_mode="use_mm_for_euclid_dist").sum(1) for part in torch.split(rows, BLOCK)]
    return torch.cat(sums) / max(len(rows) - 1, 1)
