"""Sequences as a source: arrays (n, places, channels), and long series that are cut into windows.

A series has its rows in the order of time and a column for each channel. Columns of a table that hold dates, or not a
single number, are left out, and a note says so.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..core.errors import DataError, require
from .forms.series import Series
from .infer import see
from .raw import Raw
from .tables import load as tables
from .tables.cells import cells
from .tables.sheet import Sheet, framed
from .wish import Wish

OPTIONS = ("kind", "window", "stride")


def wished(wish: Wish) -> bool:
    """Whether somebody asked for sequences."""
    known = wish.event is not None and wish.event.kind == "sequence"
    return wish.kind is not None or wish.window is not None or wish.stride is not None or known


def shaped(raw: Raw, wish: Wish) -> Raw:
    """Sequences of the array that a source holds.

    Raises:
        DataError: For shapes without a meaning, and values that are not finite numbers.
        UsageError: For `window` or `stride` that make no sense.
    """
    wish.only(*OPTIONS)
    if isinstance(wish.form, Series) and raw.x.shape[1:] != wish.form.shape:
        return _cut(raw, wish.form)
    if wish.window is not None or wish.stride is not None:
        return _cut(raw, _form(raw.x, wish))
    single = wish.event is not None and wish.event.shape in (raw.x.shape, (*raw.x.shape, 1))
    return replace(_seen(raw, raw.x[None] if single else raw.x), form=wish.form)


def load(path: Path, wish: Wish) -> Raw:
    """Windows of the series in a table, its column names known."""
    return _windows(path.stem, tables.sheet(path), wish)


def of_frame(source: Any, wish: Wish) -> Raw:
    """Windows of the series in a data frame."""
    require(not isinstance(source, tuple), "`window` needs a series, which has no labels", "a pair", "Pass x alone.")
    return _windows("table", framed(source, "the table"), wish)


def _windows(name: str, found: Sheet, wish: Wish) -> Raw:
    wish.only(*OPTIONS)
    numbers, dropped = columns(found)
    form = wish.form
    if not isinstance(form, Series):
        form = _form(np.stack(list(numbers.values()), 1), wish)
        form = Series(tuple(numbers), form.window, form.stride)
    raw = _finished(Raw(name, form.values(numbers)), form)
    left = (f"Columns without numbers were left out: {', '.join(dropped)}.",) if dropped else ()
    return replace(raw, notes=(*found.notes, *left, *raw.notes))


def _form(rows: np.ndarray, wish: Wish) -> Series:
    window = wish.window
    require(window is not None, "`window` is needed to cut a series", window, "Pass window=64.")
    assert window is not None
    stride = window if wish.stride is None else wish.stride
    require(window >= 1, "`window` must be at least 1 row", window, "Pass window=64.")
    require(stride >= 1, "`stride` must be at least 1 row", stride, "Pass stride=16.")
    if rows.ndim not in (1, 2):
        raise DataError(f"a series is (rows,) or (rows, channels); got shape {rows.shape}. Leave `window` out.")
    names = tuple(map(str, range(1 if rows.ndim == 1 else rows.shape[1])))
    return Series(names, window, stride)


def _cut(raw: Raw, form: Series) -> Raw:
    rule = "a series has neither labels nor official splits"
    require(raw.y is None and not raw.official, f"`window` needs a series; {rule}", raw.name, "Save x alone.")
    return _finished(replace(raw, x=form.values(raw.x)), form)


def _finished(raw: Raw, form: Series) -> Raw:
    return replace(_seen(raw, raw.x), form=form, overlap=form.overlap)


def _seen(raw: Raw, x: np.ndarray) -> Raw:
    seen = see(x, "sequence")
    notes = (*raw.notes, *seen.notes)
    return replace(raw, x=seen.x, event=seen.event, unit=seen.unit, notes=notes)


def columns(found: Sheet) -> tuple[dict[str, np.ndarray], list[str]]:
    """Columns of numbers by name, float64 (rows,), and the names of those without any number.

    Raises:
        DataError: For a cell without a number in a column of numbers.
    """
    numbers: dict[str, np.ndarray] = {}
    dropped = []
    for name in found.names:
        held = cells(found.frame[name])
        values = held.mapped(held.numerals(found.comma)) if held.held == "text" else held.values
        gone = ~np.isfinite(values)
        if held.held == "date" or gone.all():
            dropped.append(name)
        elif gone.any():
            raise found.wrong(name, int(gone.argmax()), "it is no number. Fill it in, or drop the column.")
        else:
            numbers[name] = values
    if not numbers:
        raise DataError(f"{found.name} has no column of numbers; its columns are {', '.join(found.names)}.")
    return numbers, dropped
