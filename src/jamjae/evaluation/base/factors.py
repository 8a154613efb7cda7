"""What metrics of disentanglement compare: the codes of examples, and the true factors that made these examples."""

import torch
from torch import Tensor

from ...core.errors import Undefined
from .information import BINS
from .subject import Subject

DEAD = 0.01  # variance of a posterior mean below which an axis carries noise, see `active_units`


def truth(subject: Subject, train: bool = False) -> tuple[Tensor, Tensor]:
    """Codes (n, axes) and factors (n, K) of the test (or training) examples.

    Raises:
        Undefined: Where nobody knows the factors, without an encoder, and for fewer than 400 examples.
    """
    known = subject.dataset.factors
    if known is None:
        raise Undefined("nobody knows the factors of this data")
    codes = subject.codes(train)
    rows = subject.train_rows if train else subject.dataset.rows("test")
    if len(codes) < BINS * BINS:
        raise Undefined(f"{len(codes)} {split(train)} examples are too few for tables of {BINS} x {BINS} cells")
    if not codes.isfinite().all():
        raise Undefined("the codes are not finite")
    return codes, known[rows[: len(codes)]]


def split(train: bool) -> str:
    """The name of the split."""
    return "training" if train else "test"


def linear(subject: Subject, train: bool = False) -> Tensor | None:
    """The same examples by principal components, as many as the code has axes, (n, axes); None for categories."""
    found = subject.pca
    x = subject.points(subject.train[0] if train else subject.x)
    return None if found is None else found.encode(x).double()


def dead(subject: Subject) -> float:
    """The variance up to which an axis of the codes counts as one that does not move."""
    return 0.0 if subject.certain else DEAD


def several(factors: Tensor) -> None:
    """Raise `Undefined` for a single factor, of which no axis can have the share of another."""
    if factors.shape[1] < 2:
        raise Undefined("there is a single factor: nothing to be told apart")


def kinds(factor: Tensor) -> Tensor | None:
    """The class of every example where a factor (n,) has at most 20 values, otherwise None."""
    distinct, own = torch.unique(factor, return_inverse=True)
    return own if len(distinct) <= BINS else None
