"""Labels as a user gives them, as a conditional model takes them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from . import passes
from .core.errors import DataError, UsageError, require
from .data.labels import matched, spoken
from .data.like import labels_like
from .data.raw import Raw
from .data.taken import Taken
from .models.latent import LatentModel


def shared(model: LatentModel, classes: Sequence[str], label: Any, n: int) -> Tensor | None:
    """Labels (n,) of n things to make: one for all, or several in equal shares, in their order; None where none is
    given.

    Raises:
        UsageError: If the model knows no labels, if a label is not among its classes, or if there are more than n.
    """
    if label is None:
        return None
    require(
        model.condition is not None,
        "`label` needs a model that was fitted with a condition",
        label,
        "Leave it out, or fit one: jamjae fit ... --condition label.",
    )
    several = [label] if isinstance(label, str) or np.ndim(label) == 0 else list(label)
    require(0 < len(several) <= n, f"`label` must be one label, or at most {n}", label, "Pass label=7.")
    y = matched([spoken(one) for one in several], classes)
    return y[torch.arange(n) * len(y) // n]


def of_examples(model: LatentModel, raw: Raw, x: Tensor | Taken, classes: Sequence[str]) -> Tensor | None:
    """The labels (n,) of examples x (n, *event) that a conditional model is to encode, told by the model where they are
    missing and it can; None for other models.

    Raises:
        DataError: If there are none, or if they are not those that the model knows.
    """
    if model.condition is None:
        return None
    try:
        y = labels_like(raw, len(x), classes)
    except UsageError as error:
        raise DataError(f"the labels of {raw.name}: {error}") from None
    return needed(model, passes.known(model, x, y))


def needed(model: LatentModel, y: Tensor | None) -> Tensor | None:
    """y, unless the model is conditional and there is none."""
    if model.condition is not None and y is None:
        raise DataError(
            "this model is conditional: it needs the labels of the examples. Pass a pair (x, labels), labels=..., or "
            "--labels FILE, one label each, None where unknown."
        )
    return y
