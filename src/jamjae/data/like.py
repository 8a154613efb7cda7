"""New examples for a model that was fitted before: the same scaling, the same binarisation, no splits."""

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..core.errors import DataError
from ..core.event import Event
from ..core.seeds import generator
from .dataset import Binarise, Dataset
from .infer import see
from .read import find


def like(source: Any, event: Event, binarise: Binarise = "none") -> Tensor:
    """Every example of `source` as the model sees it, (n, *event.shape).

    Arguments:
        source: What `read` takes, or a single example without its batch axis.
        event: The event that the model was fitted on.
        binarise: How its data was binarised; "stochastic" draws the same bits for the same examples every time.

    Raises:
        DataError: If the shape differs from the event's, or values lie outside its range.

    Example:
        >>> like(np.zeros((3, 4)), Event((4,))).shape, like([1.0, 2.0], Event((2,))).shape
        (torch.Size([3, 4]), torch.Size([1, 2]))
    """
    raw = find(source, 0)
    x, unit = np.asarray(raw.x), raw.unit
    x = x[None] if x.shape == event.shape else x
    if raw.event is None:
        seen = see(x)
        x, unit = seen.x, 255.0 if x.dtype == np.uint8 and event.high == 1 and event.kind == "image" else seen.unit
    if x.shape[1:] != event.shape:
        raise DataError(f"the examples have shape {x.shape[1:]}; the model was fitted on {event.shape}.")
    grey = replace(event, levels=0 if binarise != "none" else event.levels)
    dataset = Dataset(raw.name, grey, torch.from_numpy(np.array(x)), None, {}, unit).binarised(binarise)
    everyone = torch.arange(len(x))
    _inside(dataset.scaled(everyone), event)
    return dataset.take(everyone, generator("like", "binarise"))


def _inside(x: Tensor, event: Event) -> None:
    outside = (x < event.low) | (x > event.high)
    if outside.any():
        where = outside.nonzero()[0].tolist()
        raise DataError(
            f"row {where[0]}, cell {tuple(where[1:])} is {x[tuple(where)].item():g}, outside the range [{event.low:g}, "
            f"{event.high:g}] that the model was fitted on. Scale the examples as the training data was."
        )
