"""New examples for a model that was fitted before: the same scaling, binarisation and labels, no splits."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..core.errors import DataError, UsageError
from ..core.event import Column, Event
from ..core.seeds import generator
from ..core.shapes import missing
from .dataset import Binarise, Dataset
from .forms.base import Form
from .infer import see
from .labels import matched, named
from .pages import CHUNK
from .raw import Raw
from .read import find_like, labels_of


def like(
    source: Any, event: Event, binarise: Binarise = "none", unit: float | None = None, form: Form | None = None
) -> Tensor:
    """Every example of `source` as the model sees it, (n, *event.shape).

    Arguments:
        source: What `read` takes, what `find` found, a picture file, or a single example without its batch axis.
            Pictures in files are brought to the size and the channels of the event.
        event: The event that the model was fitted on.
        binarise: How its data was binarised; "stochastic" draws the same bits for the same examples every time.
        unit: The value that counts as 1.0 in pictures of whole numbers. If None, 255. Other numbers are taken as they
            are.
        form: The form of its data, where examples are no plain numbers.

    Raises:
        DataError: If the shape differs from the event's, or values lie outside its range.

    Example:
        >>> like(np.zeros((3, 4)), Event((4,))).shape, like([1.0, 2.0], Event((2,))).shape
        (torch.Size([3, 4]), torch.Size([1, 2]))
    """
    dataset = dataset_like(source, event, binarise, unit, form)
    return dataset.take(torch.arange(len(dataset)), generator("like", "binarise"))


def dataset_like(
    source: Any, event: Event, binarise: Binarise = "none", unit: float | None = None, form: Form | None = None
) -> Dataset:
    """The same as a data set without splits and labels, whose values are not drawn yet."""
    raw = source if isinstance(source, Raw) else find_like(source, event, form=form)
    x, scale = np.asarray(raw.x), raw.unit
    if raw.event is None:
        x = x[None] if x.shape in _single(event) else x
        scale = _unit(x.dtype, event, binarise, unit)
        x = see(x, spool=raw.spool, missing=event.missing).x
    if x.shape[1:] != event.shape:
        raise DataError(f"the examples have shape {x.shape[1:]}; the model was fitted on {event.shape}.")
    grey = replace(event, levels=0 if binarise != "none" else event.levels)
    mapped = raw.spool is not None
    values = torch.from_numpy(x if mapped else np.array(x))
    dataset = Dataset(raw.name, grey, values, None, {}, scale, form=form, mapped=mapped).binarised(binarise)
    for part in torch.split(torch.arange(len(x)), max(1, CHUNK // event.cells)):
        _inside(dataset.scaled(part), event, int(part[0]))
    return dataset


def labels_like(raw: Raw, n: int, classes: Sequence[str]) -> Tensor | None:
    """The labels of new examples as a model knows them, (n,): numbers of its classes by name, or real numbers.

    Raises:
        UsageError: For a label that the training data did not have; real numbers where it had classes, or the other
            way round.

    Example:
        >>> from jamjae.data.read import find
        >>> labels_like(find((np.zeros((2, 4)), ["dog", "cat"])), 2, ("ant", "cat", "dog"))
        tensor([2, 1])
    """
    y, names, _ = labels_of(raw, n)
    if y is None:
        return None
    if y.is_floating_point() and classes:
        raise UsageError(f"they are numbers, and training saw classes: {', '.join(classes)}. Pass those.")
    return matched(named(y, names), classes)


def _single(event: Event) -> list[tuple[int, ...]]:
    """Shapes of one example without a batch axis; a picture may have no channel axis, or have it first."""
    if event.kind != "image":
        return [event.shape]
    *size, channels = event.shape
    return [event.shape, tuple(size) if channels == 1 else (channels, *size)]


def _unit(dtype: np.dtype[Any], event: Event, binarise: Binarise, unit: float | None) -> float:
    """What counts as 1.0: only pictures of whole numbers have a scale, unless they were 0 and 1 in the first place."""
    already_binary = event.levels == 2 and binarise == "none"
    grey_levels = dtype.kind in "iu" and event.kind == "image" and event.high == 1.0 and not already_binary
    return (unit or 255.0) if grey_levels else 1.0


def _inside(x: Tensor, event: Event, start: int) -> None:
    for k, column in enumerate(event.columns):
        _suits(x[:, k], column, start)
    outside = (x < event.low) | (x > event.high)
    outside = outside & ~missing(x) if event.missing else outside
    if outside.any():
        where = outside.nonzero()[0].tolist()
        cell, value = tuple(where[1:]), x[tuple(where)].item()
        raise DataError(
            f"row {start + where[0]}, cell {cell} is {value:g}, outside the range [{event.low:g}, {event.high:g}] that "
            "the model was fitted on. Scale the examples as the training data was."
        )


def _suits(x: Tensor, column: Column, start: int) -> None:
    """Refuse numbers that are no values of the column: categories beyond its levels, negative counts."""
    bad = x <= 0 if column.kind == "positive" else torch.zeros_like(x, dtype=torch.bool)
    if column.levels or column.kind == "count":
        bad = (x < 0) | (x != x.round()) | (x >= (column.levels or math.inf))
    bad &= ~x.isnan()
    if bad.any():
        row = int(bad.nonzero()[0])
        rule = f"a whole number from 0 to {column.levels - 1}" if column.levels else f"{column.kind}"
        raise DataError(
            f"row {start + row}, column {column.name!r} is {x[row]:g}, and must be {rule}. Pass a table with names."
        )
