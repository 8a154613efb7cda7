"""Labels in any form to class numbers, or to real numbers; and back to text."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..core.errors import DataError, UsageError, unknown

MANY = 30  # whole numbers beyond which a hint says that they count as classes


def encode(labels: Any, n: int) -> tuple[Tensor, tuple[str, ...], tuple[str, ...]]:
    """Labels (n,), the classes' names, and notes.

    Whole numbers, strings and booleans are classes: int64 numbers of the sorted names, -1 where missing. As soon as
    one label has a fraction, all are real numbers: float32, NaN where missing, and no names. Missing are -1 among
    integers, NaN among floats, "" among strings, and None everywhere.

    Raises:
        DataError: For another length than n, more than one column, or values that are no labels.

    Example:
        >>> encode(["dog", None, "cat", "dog"], 4)[:2]
        (tensor([ 1, -1,  0,  1]), ('cat', 'dog'))
        >>> encode([21.5, None, 30.0], 3)[:2]
        (tensor([21.5000,     nan, 30.0000]), ())
    """
    values = column(labels)
    if len(values) != n:
        raise DataError(f"`labels` has {len(values)} entries for {n} examples. Pass one each, None where unknown.")
    values, gone = _known(values)
    known = _plain(values, gone)
    notes: tuple[str, ...] = ()
    if gone.any():
        notes = (f"{int(gone.sum())} of {n} examples have no label (-1, NaN, None or empty).",)
    if known.dtype.kind == "f":
        return _filled(known.astype(np.float32), gone, np.nan), (), notes
    classes, numbers = np.unique(known, return_inverse=True)
    if known.dtype.kind in "iu" and len(classes) > MANY:
        notes += (f"{len(classes)} different whole numbers are taken as classes; divide them by 10 to have numbers.",)
    return _filled(numbers.astype(np.int64), gone, -1), tuple(str(c) for c in classes.tolist()), notes


def named(y: Tensor, classes: Sequence[str]) -> list[str]:
    """Labels (n,) as text: the classes' names, or numbers; empty where missing.

    Example:
        >>> named(torch.tensor([1, -1]), ("cat", "dog")), named(torch.tensor([0.25, float("nan")]), ())
        (['dog', ''], ['0.25', ''])
    """
    if y.is_floating_point():
        return ["" if v != v else str(v) for v in y.cpu().numpy()]  # as many digits as tell float32 apart
    return ["" if k < 0 else classes[k] if k < len(classes) else str(k) for k in y.tolist()]


def matched(texts: Iterable[str], classes: Sequence[str]) -> Tensor:
    """The inverse of `named`: class numbers by name or, without classes, real numbers.

    Raises:
        UsageError: For a name that is no class (it lists the classes), or a text that is no number.

    Example:
        >>> matched(["dog", ""], ("cat", "dog")), matched(["0.25", ""], ())
        (tensor([ 1, -1]), tensor([0.2500,    nan]))
    """
    if not classes:
        return torch.tensor([_number(text) for text in texts], dtype=torch.float32)
    numbers = {name: k for k, name in enumerate(classes)} | {"": -1}
    wanted = list(texts)
    for text in wanted:
        if text not in numbers:
            raise unknown("label", text, classes)
    return torch.tensor([numbers[text] for text in wanted], dtype=torch.int64)


def spoken(label: Any) -> str:
    """A single label as text; whole numbers without a fraction, as classes have them.

    Example:
        >>> spoken(7), spoken(7.0), spoken(np.int64(7)), spoken("cat"), spoken(None)
        ('7', '7', '7', 'cat', '')
    """
    plain = label.item() if isinstance(label, (np.generic, Tensor)) else label
    if plain is None or plain != plain:
        return ""
    return str(int(plain)) if isinstance(plain, float) and plain.is_integer() else str(plain)


def _number(text: str) -> float:
    try:
        value = float(text) if text else np.nan
    except ValueError:
        value = np.inf
    if np.isinf(value):
        raise UsageError(f"a label must be a number here, because training saw numbers; got {text!r}.")
    return value


def _filled(known: np.ndarray, gone: np.ndarray, missing: float) -> Tensor:
    y = np.full(len(gone), missing, known.dtype)
    y[~gone] = known
    return torch.from_numpy(y)


def column(labels: Any) -> np.ndarray:
    """Labels as an array (n,)."""
    if isinstance(labels, Tensor):
        labels = labels.detach().cpu().numpy()
    try:
        values = np.asarray(labels)
    except ValueError as error:
        raise DataError(f"`labels` is no flat list: {error}. Pass one label per example.") from None
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        hint = "For one-hot labels pass labels.argmax(1)." if values.ndim == 2 else "Pass one label per example."
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
    """The known labels as booleans, integers, strings or, if any of them has a fraction, floats."""
    found = values[~gone]
    if not len(found):
        return np.zeros(0, np.int64)
    if found.dtype.kind not in "biuUf":
        raise DataError(f"`labels` must be numbers or strings; got {values.dtype}. Convert them first.")
    if found.dtype.kind != "f":
        return np.asarray(found)
    if np.isinf(found).any():
        row = int(np.flatnonzero(~gone)[np.isinf(found).argmax()])
        raise DataError(f"`labels` must be finite; row {row} holds {values[row]}. Pass NaN where a label is unknown.")
    whole = bool((found == np.round(found)).all())
    return np.asarray(found.astype(np.int64) if whole else found)
