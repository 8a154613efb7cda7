"""Tables that are larger than memory: what the columns are is decided on a sample, and checked on every later row."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...core.errors import DataError
from ...core.event import Event
from .. import pages, parquet
from ..forms.table import Table
from ..raw import Raw
from ..spool import Block, Spool, Stream, gathered
from ..wish import Wish
from .load import blurred, complete, form_of, label_of, labels_in
from .sheet import Sheet, framed

SAMPLE = 200_000  # rows that decide


@dataclass(frozen=True)
class Source:
    """A table that is read block by block.

    Arguments:
        name: What the user calls it.
        rows: How many it has.
        sample: Some of them, a `pyarrow.Table`.
        batches: Begins to read the columns of these names: all rows as `pyarrow.RecordBatch`es.
        spool: Where the numbers are kept.
    """

    name: str
    rows: int
    sample: Any
    batches: Callable[[list[str]], Iterator[Any]]
    spool: Spool


def is_large(path: Path, start: bytes, wish: Wish) -> bool:
    """Whether a file is Parquet, and its values take more than what is held in memory."""
    if not start.startswith(parquet.MAGIC):
        return False
    rows, columns, whole = parquet.size([path])
    return max(4 * rows * columns, whole) > pages.size(wish.memory)


def load(path: Path, wish: Wish = Wish()) -> Raw:
    """Rows of a Parquet file, or of all in a folder, read block by block; see `read`.

    Raises:
        DataError: For damaged files, and files with different columns.
    """
    paths = parquet.parts(path) if path.is_dir() else [path]
    rows, _, _ = parquet.size(paths)
    sample = parquet.sample(paths, SAMPLE)
    name, spool = path.resolve().stem, Spool.of(path.stem, paths, "table")
    return read(Source(name, rows, sample, lambda columns: parquet.batches(paths, columns), spool), wish)


def read(source: Source, wish: Wish = Wish()) -> Raw:
    """The rows of a table as numbers, in memory or in the spool.

    Raises:
        DataError: For a cell that is not what the sample says of its column, with its row.
    """
    wish.only("columns", "memory")
    looked = framed(source.sample, source.name)
    label = label_of(looked, wish)
    form, notes = _form(source, looked, label, wish)
    stream = Stream(
        source.rows,
        (len(form.fields),),
        np.dtype(np.float32),
        lambda: _blocks(source, form, label, wish.event, looked),
    )
    spool = source.spool.named(f"{form.spec()} {label} {wish.event}")
    kept, spooled = gathered(stream, spool, pages.size(wish.memory))
    gone = any(bool(np.isnan(part).any()) for part in pages.blocks(kept.x))
    event = wish.event or Event((len(form.fields),), "table", missing=gone, columns=form.columns)
    notes = (*notes, *kept.notes)
    return Raw(source.name, kept.x, y=kept.y, event=event, form=form, label=label, notes=notes, spool=spooled)


def _form(source: Source, looked: Sheet, label: str, wish: Wish) -> tuple[Table, tuple[str, ...]]:
    if isinstance(wish.form, Table):
        wish.form.values(looked)  # refuses a table that lacks a column
        return wish.form, ()
    if wish.event is not None:
        raise DataError(f"{looked.name} is a table, and the model was fitted on plain numbers. Pass an array or .npy.")
    form, notes = form_of(looked, label, wish.columns)
    notes = (*notes, *blurred(form, form.numbers(looked.frame)))
    if (seen := len(looked.frame)) < source.rows:
        notes = (*notes, f"What the columns are was decided on {seen:,} of {source.rows:,} rows, and holds for all.")
    return form, notes


def _blocks(source: Source, form: Table, label: str, event: Event | None, looked: Sheet) -> Iterator[Block]:
    at = 0
    for batch in source.batches([f.name for f in form.fields] + [label] * bool(label)):
        part = Sheet(looked.name, batch.to_pandas(), at, looked.comma)
        try:
            x = form.numbers(part.frame, at, part.name)
        except DataError as error:
            more = f"What the columns are was decided on {len(looked.frame):,} rows: if the cell is right, say what it"
            raise DataError(f"{error} {more} is with --columns.") from None
        yield complete(part, form, x, event), _labels(part, label)
        at += len(x)


def _labels(part: Sheet, label: str) -> np.ndarray | None:
    """The labels of a block as an array of one type: missing ones are empty text, or NaN."""
    if not label:
        return None
    found = labels_in(part, label)
    missing = "" if any(isinstance(value, str) for value in found) else float("nan")
    return np.asarray([missing if value is None else value for value in found])
