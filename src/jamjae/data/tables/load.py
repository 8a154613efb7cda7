"""A table as a source: which columns there are, what they are, and the rows as numbers."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ...core.errors import DataError, unknown
from ...core.event import Event
from ..forms.table import Table
from ..names import legible
from ..raw import Raw
from ..wish import Wish
from . import delimited, parquet
from .cells import Cells, cells
from .choices import SKIP, choices
from .field import Field
from .kinds import decide
from .sheet import Sheet, framed

LISTED = 10  # columns that a note names


def is_table(path: Path, start: bytes) -> bool:
    """Whether a file is a table: Parquet by its first bytes, delimited text by its name."""
    return start.startswith(parquet.START) or path.suffix.lower() in delimited.ENDINGS


def is_frame(source: Any) -> bool:
    """Whether it is a data frame of pandas or a table of pyarrow, alone or with labels; neither is imported here."""
    if isinstance(source, tuple) and len(source) == 2:
        source = source[0]
    kind = type(source)
    return (kind.__module__.split(".")[0], kind.__name__) in {("pandas", "DataFrame"), ("pyarrow", "Table")}


def load(path: Path, wish: Wish = Wish()) -> Raw:
    """Rows of a CSV, TSV or Parquet file.

    Raises:
        DataError: For what is no table, with row and column.
        UsageError: For a column that is not there.
    """
    return _raw(legible(path.stem), sheet(path), None, wish)


def of_frame(source: Any, wish: Wish = Wish()) -> Raw:
    """Rows of a data frame, or of a pair (data frame, labels)."""
    frame, labels = source if isinstance(source, tuple) else (source, None)
    return _raw("table", framed(frame, "the table"), labels, wish)


def sheet(path: Path) -> Sheet:
    """The table in a file, before anything is decided about it."""
    with path.open("rb") as file:
        start = file.read(4)
    return parquet.read(path) if start.startswith(parquet.START) else delimited.read(path)


def _raw(name: str, found: Sheet, labels: Any, wish: Wish) -> Raw:
    wish.only("columns", "memory", "missing")
    if wish.event is not None and not isinstance(wish.form, Table):
        raise DataError(f"{found.name} is a table, and the model was fitted on plain numbers. Pass an array or .npy.")
    label = label_of(found, wish)
    y = labels_in(found, label) if label and labels is None else labels
    if isinstance(wish.form, Table):
        x = complete(found, wish.form, wish.form.values(found), wish.event)
        return Raw(name, x, y=y, event=wish.event, form=wish.form, label=label, frame=found.frame)
    form, notes = form_of(found, label, wish.columns)
    x = form.numbers(found.frame, found.first, found.name)
    event = Event((x.shape[1],), "table", missing=wish.missing or bool(np.isnan(x).any()), columns=form.columns)
    notes = (*found.notes, *notes, *blurred(form, x))
    return Raw(name, x, y=y, event=event, form=form, label=label, frame=found.frame, notes=notes)


def label_of(found: Sheet, wish: Wish) -> str:
    """The column of the labels: the one that is asked for, or the one of the training data if it is there."""
    if wish.label is None:
        known = wish.form.label if isinstance(wish.form, Table) else ""
        return known if known in found.names else ""
    if wish.label in found.names:
        return wish.label
    if not Path(wish.label).expanduser().exists():
        raise unknown("column for `labels`", wish.label, found.names)
    return ""


def labels_in(found: Sheet, name: str) -> list[Any]:
    """The cells of a column as labels: whole numbers, numbers or texts; None where missing."""
    held = cells(found.frame[name])
    values: np.ndarray = held.values
    if held.held == "text":
        numbers = held.numerals(found.comma)
        if np.isnan(numbers).any():
            return [None if np.isnan(v) else held.texts[int(v)] for v in values]
        values = held.mapped(numbers)
    whole = bool((held.known == np.rint(held.known)).all()) and held.held != "text"
    whole = whole or bool((values[~np.isnan(values)] % 1 == 0).all())
    return [None if np.isnan(v) else int(v) if whole else float(v) for v in values]


def form_of(found: Sheet, label: str, asked: str | Mapping[str, str] | None) -> tuple[Table, tuple[str, ...]]:
    names = [name for name in found.names if name != label]
    said = choices(asked, names)
    held = {name: _held(found, name) for name in names if said.get(name) != SKIP}
    commas = _commas(held, found.comma)
    fields: list[Field] = []
    left: dict[str, str] = {}
    for name in names:
        one = decide(found, name, held[name], said.get(name), name in commas) if name in held else None
        if isinstance(one, Field):
            fields.append(one)
        else:
            left[name] = "as asked" if one is None else one.why
    if not fields:
        raise DataError(f"{found.name} has no column to model. {'; '.join(f'{k!r}: {v}' for k, v in left.items())}.")
    return Table(tuple(fields), left, label), _notes(held, commas, left, said)


def _held(found: Sheet, name: str) -> Cells:
    try:
        return cells(found.frame[name])
    except DataError as error:
        what = f'{error} Leave it out: --columns "{name}=skip".'
        raise DataError(f"{found.name}, column {name!r}: {what}") from None


def _commas(held: dict[str, Cells], default: bool) -> set[str]:
    """Columns whose numbers are written with a decimal comma.

    A column that only makes sense so decides for those that make sense either way, such as 1,234; without one, the
    delimiter does.
    """
    text = {name: c for name, c in held.items() if c.held == "text"}
    if not any("," in text for c in text.values() for text in c.texts):
        return set()
    both = {name: (c.numerals(False), c.numerals(True)) for name, c in text.items()}
    only = {name for name, (point, comma) in both.items() if np.isnan(point).any() and not np.isnan(comma).any()}
    either = {
        name for name, (point, comma) in both.items() if (point != comma).any() and not np.isnan([point, comma]).any()
    }
    return only | (either if only or default else set())


def _notes(held: dict[str, Cells], commas: set[str], left: dict[str, str], said: dict[str, str]) -> tuple[str, ...]:
    notes = []
    marks = sum((c.marks for c in held.values()), Counter[str]())
    if marks:
        listed = ", ".join(f"{mark!r} {count:,}" for mark, count in marks.most_common(LISTED))
        notes.append(f"Cells that count as missing: {listed}.")
    if commas:
        notes.append(f"Decimal comma in {', '.join(sorted(commas)[:LISTED])}: 1.234,5 is 1234.5.")
    unasked = [f"{name} ({why})" for name, why in left.items() if said.get(name) != SKIP]
    if unasked:
        more = f", and {len(unasked) - LISTED} more" if len(unasked) > LISTED else ""
        notes.append(f"Columns left out: {', '.join(unasked[:LISTED])}{more}.")
    return tuple(notes)


def blurred(form: Table, x: np.ndarray) -> tuple[str, ...]:
    """A note on numbers beyond 2^24, whose last digits 32-bit floats do not hold."""
    large = [f.name for k, f in enumerate(form.fields) if (np.abs(x[:, k]) > 1 << 24).any()]
    return (f"Numbers above 16,777,216 in {', '.join(large[:LISTED])} are kept to seven digits.",) if large else ()


def complete(found: Sheet, form: Table, x: np.ndarray, event: Event | None) -> np.ndarray:
    """x, unless a cell is missing and the model was fitted on complete rows."""
    gone = np.isnan(x)
    if event is not None and not event.missing and gone.any():
        row, column = (int(k) for k in np.argwhere(gone)[0])
        what = "it is missing, and the model was fitted on complete rows. Fill it in, or fit on rows with empty cells."
        raise found.wrong(form.fields[column].name, row, what)
    return x
