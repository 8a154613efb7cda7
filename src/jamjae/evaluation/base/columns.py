"""Columns of vectors and tables: how far two sets of rows are apart, column by column and pair by pair."""

import torch
from torch import Tensor

from ...core.errors import Undefined
from ...core.event import Event
from ...data.spread import Space, owners
from .subject import Subject
from .views import enough

MOST = 2500  # rows that are compared, of each kind


def columned(subject: Subject) -> None:
    """Raise `Undefined` for data whose cells are no columns."""
    kind = subject.dataset.event.kind
    if kind not in ("vector", "table"):
        raise Undefined(f"the cells of this kind of data ({kind}) are no columns with a meaning of their own")


def three(subject: Subject) -> tuple[Tensor, Tensor, Tensor]:
    """Equally many samples, test and training examples, (n, columns) each.

    Raises:
        Undefined: For what has no columns, and for fewer than 50 examples in a split.
    """
    columned(subject)
    made, real, known = subject.drawn, subject.real("test", MOST), subject.real("train", MOST)
    n = min(len(made), len(real), len(known))
    enough(n)
    return made[:n], real[:n], known[:n]


def distances(event: Event, a: Tensor, b: Tensor) -> Tensor:
    """How far every column of rows a (n, d) is from that of b (m, d), (d,), in [0, 1]: Kolmogorov and Smirnov's
    statistic for numbers, total variation for classes. Missing cells are left out; NaN where nothing is left."""
    classes = [event.columns[k].levels if event.columns else 0 for k in range(a.shape[1])]
    found = [variation(u, v, k) if k else smirnov(u, v) for u, v, k in zip(a.T, b.T, classes, strict=True)]
    return torch.stack(found)


def smirnov(a: Tensor, b: Tensor) -> Tensor:
    """Largest difference of two empirical distribution functions.

    Example:
        >>> smirnov(torch.tensor([1.0, 2.0, 3.0, 4.0]), torch.tensor([3.0, 4.0])).item()
        0.5
    """
    a, b = a[~a.isnan()].sort().values, b[~b.isnan()].sort().values
    if not len(a) or not len(b):
        return torch.tensor(torch.nan, dtype=torch.float64)
    at = torch.cat([a, b])
    shares = [torch.searchsorted(v, at, right=True).double() / len(v) for v in (a, b)]
    return (shares[0] - shares[1]).abs().max()


def variation(a: Tensor, b: Tensor, levels: int) -> Tensor:
    """Half the sum of the differences of the shares of classes 0 .. levels - 1."""
    counts = [v[~v.isnan()].long().bincount(minlength=levels).double() for v in (a, b)]
    shares = [c / c.sum() for c in counts]
    return (shares[0] - shares[1]).abs().sum() / 2


def associations(event: Event, known: Tensor, x: Tensor) -> Tensor:
    """Correlations between numbers of different columns, (pairs,), for rows x (n, d) as points of `data.spread.Space`.

    Missing cells are at the mean of the rows `known`; what does not move goes with nothing.
    """
    rows = Space.of(event, known).rows(x).double()
    rows = rows - rows.mean(0)
    spread = rows.square().mean(0).sqrt()
    rows = rows / torch.where(spread > 0, spread, 1.0)
    return (rows.T @ rows / len(rows))[apart(event, rows.shape[1])]


def apart(event: Event, width: int) -> Tensor:
    """Which pairs of the numbers of `Space` belong to different columns, each pair once, (width, width)."""
    owner = owners(event) if event.kind == "table" else torch.arange(width)
    return owner[:, None] < owner[None, :]
