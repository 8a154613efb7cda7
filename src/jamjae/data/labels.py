"""Labels in any form to class numbers."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..core.errors import DataError


def encode(labels: Any, n: int) -> tuple[Tensor, tuple[str, ...], tuple[str, ...]]:
    """Class numbers (n,) int64 with -1 where missing, the classes' names in sorted order, and notes.

    Missing are -1 among integers, NaN among floats, "" among strings, and None everywhere.

    Raises:
        DataError: For another length than n, more than one column, or values that are no classes.

    Example:
        >>> encode(["dog", None, "cat", "dog"], 4)[:2]
        (tensor([ 1, -1,  0,  1]), ('cat', 'dog'))
    """
    values = column(labels)
    if len(values) != n:
        raise DataError(f"`labels` has {len(values)} entries for {n} examples. Pass one each, None where unknown.")
    values, gone = _known(values)
    classes, numbers = np.unique(_plain(values, gone), return_inverse=True)
    y = np.full(n, -1, np.int64)
    y[~gone] = numbers
    notes = (f"{int(gone.sum())} of {n} examples have no label (-1, NaN, None or empty).",) if gone.any() else ()
    return torch.from_numpy(y), tuple(str(c) for c in classes.tolist()), notes


def column(labels: Any) -> np.ndarray:
    """Labels as an array (n,)."""
    if isinstance(labels, Tensor):
        labels = labels.detach().cpu().numpy()
    try:
        values = np.asarray(labels)
    except ValueError as error:
        raise DataError(f"`labels` is no flat list: {error}. Pass one class per example.") from None
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        hint = "For one-hot labels pass labels.argmax(1)." if values.ndim == 2 else "Pass one class per example."
        raise DataError(f"`labels` must have one column; its shape is {values.shape}. {hint}")
    return values.astype(str) if values.dtype.kind == "S" else values


def _known(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Labels of one type, and which of them are missing."""
    if values.dtype.kind != "O":
        return values, _gone(values)
    gone: np.ndarray = (values == np.array(None)) | (values != values)  # None or NaN
    if gone.all():
        return values, gone
    present = np.asarray(values[~gone].tolist())
    filled = np.empty(len(values), present.dtype)
    filled[~gone] = present
    gone[~gone] = _gone(present)
    return filled, gone


def _gone(values: np.ndarray) -> np.ndarray:
    mark = {"i": -1, "U": ""}.get(values.dtype.kind)
    if mark is not None:
        return np.asarray(values == mark)
    return np.asarray(values != values)  # NaN; false for what has none


def _plain(values: np.ndarray, gone: np.ndarray) -> np.ndarray:
    """The known labels as booleans, integers or strings."""
    found = values[~gone]
    if not len(found):
        return np.zeros(0, np.int64)
    if found.dtype.kind == "f":
        odd = found != np.round(found)
        if odd.any():
            row = int(np.flatnonzero(~gone)[odd.argmax()])
            raise DataError(f"`labels` must be classes; row {row} holds {found[odd][0]}. Round or bin them first.")
        found = found.astype(np.int64)
    if found.dtype.kind not in "biuU":
        raise DataError(f"`labels` must be whole numbers or strings; got {values.dtype}. Convert them first.")
    return np.asarray(found)
