"""Tables that are larger than memory: what the columns are is decided on a sample, and checked on every later row."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ...core.errors import DataError
from ...core.event import Event
from .. import pages, parquet
from ..forms.table import Table
from ..raw import Raw
from ..spool import Block, Spool, Stream, gathered
from ..wish import Wish
from .load import blurred, complete, form_of, framed, label_of, labels_in
from .sheet import Sheet

SAMPLE = 200_000  # rows that decide


def is_large(path: Path, start: bytes, wish: Wish) -> bool:
    """Whether a file is Parquet, and its values take more than what is held in memory."""
    if not start.startswith(parquet.MAGIC):
        return False
    rows, columns, whole = parquet.size([path])
    return max(4 * rows * columns, whole) > pages.size(wish.memory)


def load(path: Path, wish: Wish = Wish()) -> Raw:
    """Rows of a Parquet file, or of all in a folder, read block by block.

    Raises:
        DataError: For a cell that is not what the sample says of its column, with its row; for damaged files, and files
            with different columns.
    """
    wish.only("columns", "memory")
    paths = parquet.parts(path) if path.is_dir() else [path]
    rows, _, _ = parquet.size(paths)
    looked = framed(parquet.sample(paths, SAMPLE), path.name)
    label = label_of(looked, wish)
    notes: tuple[str, ...] = ()
    if isinstance(wish.form, Table):
        form = wish.form
        form.values(looked)
    elif wish.event is not None:
        raise DataError(f"{path.name} is a table, and the model was fitted on plain numbers. Pass an array or .npy.")
    else:
        form, notes = form_of(looked, label, wish.columns)
        notes += (*blurred(form, form.numbers(looked.frame)), *_said(len(looked.frame), rows))
    wanted = [f.name for f in form.fields] + [label] * bool(label)
    stream = Stream(
        rows, (len(form.fields),), np.dtype(np.float32), lambda: _blocks(paths, wanted, form, label, wish.event, looked)
    )
    spool = Spool.of(path.stem, paths, "table", form.spec(), label, wish.event)
    kept, spooled = gathered(stream, spool, pages.size(wish.memory))
    gone = any(bool(np.isnan(part).any()) for part in pages.blocks(kept.x))
    event = wish.event or Event((len(form.fields),), "table", missing=gone, columns=form.columns)
    notes = (*notes, *kept.notes)
    return Raw(path.stem, kept.x, y=kept.y, event=event, form=form, label=label, notes=notes, spool=spooled)


def _said(looked: int, rows: int) -> tuple[str, ...]:
    if looked >= rows:
        return ()
    return (f"What the columns are was decided on {looked:,} of {rows:,} rows, and holds for all of them.",)


def _blocks(
    paths: list[Path], wanted: list[str], form: Table, label: str, event: Event | None, looked: Sheet
) -> Iterator[Block]:
    at = 0
    for batch in parquet.batches(paths, wanted):
        part = Sheet(looked.name, batch.to_pandas(), at, looked.comma)
        try:
            x = form.numbers(part.frame, at, part.name)
        except DataError as error:
            more = (
                f"What the columns are was decided on {len(looked.frame):,} rows: if the cell is right, use --columns."
            )
            raise DataError(f"{error} {more}") from None
        yield complete(part, form, x, event), labels_of(part, label)
        at += len(x)


def labels_of(part: Sheet, label: str) -> np.ndarray | None:
    """The labels of a block as an array of one type: missing ones are empty text, or NaN."""
    if not label:
        return None
    found = labels_in(part, label)
    missing = "" if any(isinstance(value, str) for value in found) else float("nan")
    return np.asarray([missing if value is None else value for value in found])
