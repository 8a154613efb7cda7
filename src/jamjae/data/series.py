"""Sequences as a source: arrays (n, places, channels), and long series that are cut into windows.

A series has its rows in the order of time and a column for each channel. Columns of a `.csv` or `.tsv` file without a
single number (dates, names) are left out, and a note says so.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..core.errors import DataError, require
from .forms.series import Series
from .infer import see
from .raw import Raw
from .wish import Wish

OPTIONS = ("kind", "window", "stride")
ENDINGS = (".csv", ".tsv", ".txt")


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
    """Windows of the series in a text file, its column names known."""
    wish.only(*OPTIONS)
    columns, dropped = table(path)
    form = wish.form
    if not isinstance(form, Series):
        x = np.stack(list(columns.values()), 1)
        form = _form(x, wish)
        form = Series(tuple(columns), form.window, form.stride)
    raw = Raw(path.stem, form.values(columns))
    notes = (f"Columns without numbers were left out: {', '.join(dropped)}.",) if dropped else ()
    return replace(_finished(raw, form), notes=notes)


def _form(rows: np.ndarray, wish: Wish) -> Series:
    window = wish.window
    require(window is not None, "`stride` goes with `window`", window, "Pass window=64, too.")
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


def table(path: Path) -> tuple[dict[str, np.ndarray], list[str]]:
    """Columns of numbers by name, float64 (rows,), and the names of those without any number.

    Raises:
        DataError: For a file that is no table, and for a cell without a number in a column of numbers.
    """
    names, rows = _rows(path)
    columns: dict[str, np.ndarray] = {}
    dropped = []
    for k, name in enumerate(names):
        cells = [number(row[k]) for row in rows]
        if all(cell is None for cell in cells):
            dropped.append(name)
            continue
        empty = next((i for i, cell in enumerate(cells) if cell is None), None)
        if empty is not None:
            where = f"row {empty}, column {name!r}"
            raise DataError(f"{path.name}: {where} is {rows[empty][k]!r}, no number. Fill it in, or drop the column.")
        columns[name] = np.array(cells, np.float64)
    if not columns:
        raise DataError(f"{path.name} has no column of numbers; its columns are {', '.join(names)}.")
    return columns, dropped


def _rows(path: Path) -> tuple[list[str], list[list[str]]]:
    """Names of the columns, numbered where the first row holds numbers, and the cells of all rows."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            mark = next((m for m in ("\t", ";") if m in first and (m == "\t" or "," not in first)), ",")
            rows = [row for row in csv.reader(file, delimiter=mark) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path.name} is no text table in UTF-8: {error}.") from None
    if not rows:
        raise DataError(f"{path.name} is empty.")
    headed = any(number(cell) is None for cell in rows[0]) and len(rows) > 1
    names = [cell.strip() for cell in rows[0]] if headed else list(map(str, range(len(rows[0]))))
    cells = rows[1:] if headed else rows
    for problem in _problems(names, cells):
        raise DataError(f"{path.name}: {problem}.")
    return names, cells


def _problems(names: list[str], cells: list[list[str]]) -> Iterator[str]:
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        yield f"two columns are called {twice[0]!r}"
    for i, row in enumerate(cells):
        if len(row) != len(names):
            yield f"row {i} has {len(row)} cells where there are {len(names)} columns"


def number(text: str) -> float | None:
    """The number that a cell holds; None where it holds none.

    Example:
        >>> number(" 1.5 "), number("2024-01-01"), number("")
        (1.5, None, None)
    """
    try:
        found = float(text)
    except ValueError:
        return None
    return found if np.isfinite(found) else None
