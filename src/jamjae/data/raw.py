"""What a source gives before anything is decided about it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from torch import Tensor

from ..core.event import Event
from .dataset import Binarise
from .forms.base import Form
from .modes import Modes
from .spool import Spool


@dataclass(frozen=True)
class Raw:
    """An array, and what its source knows about it.

    Arguments:
        name: What the user called it.
        x: Values (n, ...).
        borrowed: Whether the caller holds x too, so that it must be copied before it is kept.
        y: Labels (n,) in any form that `labels.encode` takes; class numbers 0 .. K - 1 where `classes` is given.
        official: Row numbers of the "test" and "validation" rows that the source sets apart.
        event: One example, where the source knows it; None: inferred from the values.
        unit: The raw value that counts as 1.0; used with `event` only.
        recommended: The binarisation that suits the data.
        classes: Names of the classes, in the order of their numbers.
        factors: Known causes of each example, (n, number of factors), float32.
        factor_names: Names of the factors.
        modes: Where the modes are, see `Dataset`.
        channel_classes: Classes of one channel, see `Dataset`.
        notes: What the source noticed, in plain words.
        missing: Whether NaN stands for a cell that nobody knows; used without `event` only.
        form: How examples come in and go out, where they are no plain numbers.
        overlap: Where rows are in the order of time: how many rows after a row share values with it. None: no order.
        label: Name of the column that the labels come from.
        spool: Where values are kept that are too large to copy: x is mapped; None: x is in memory.
        frame: The table that the rows come from, as it was read: a pandas data frame.
        learn: Given the rows of the training split, the same with values, event and form; until then x holds what the
            source gave. None: there is nothing to learn.
        skipped: Which files of a folder could not be read, and why; empty where all could.
    """

    name: str
    x: np.ndarray
    borrowed: bool = False
    y: Any = None
    official: dict[str, np.ndarray] = field(default_factory=dict)
    event: Event | None = None
    unit: float = 1.0
    recommended: Binarise = "none"
    classes: tuple[str, ...] = ()
    factors: Tensor | None = None
    factor_names: tuple[str, ...] = ()
    modes: Modes | None = None
    channel_classes: int = 0
    notes: tuple[str, ...] = ()
    missing: bool = False
    form: Form | None = None
    overlap: int | None = None
    label: str = ""
    spool: Spool | None = None
    frame: Any = None
    skipped: str = ""
    learn: "Callable[[np.ndarray], Raw] | None" = None
