"""Examples with a class, where the codes could find it by themselves."""

import torch
from torch import Tensor

from ...core.errors import Undefined
from .subject import Subject


def untold(subject: Subject) -> None:
    """Raise `Undefined` for a conditional model."""
    if subject.model.condition is not None:
        raise Undefined("the encoder is told the label, so classes among the codes show nothing that it found")


def labelled(y: Tensor | None) -> tuple[Tensor, Tensor]:
    """Row numbers with a class, and the classes."""
    if y is None:
        raise Undefined("the data has no labels")
    if y.is_floating_point():
        raise Undefined("the labels are numbers, not classes")
    rows = (y >= 0).nonzero().flatten().cpu()
    return rows, y.cpu()[rows]


def present(y: Tensor) -> int:
    """How many classes occur among labels (n,)."""
    return int((y.bincount() > 0).sum())


def finite(codes: Tensor) -> Tensor:
    """The codes, as they are."""
    if not torch.isfinite(codes).all():
        raise Undefined("the codes are not finite")
    return codes
