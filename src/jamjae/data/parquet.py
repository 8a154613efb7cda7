"""Parquet files, and folders of them, as a source: row group after row group, never all at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ..core.errors import DataError
from .extras import needed
from .numbers import Columns
from .pages import size
from .raw import Raw
from .spool import Block, Spool, Stream, gathered
from .wish import Wish

MAGIC = b"PAR1"
ROWS = 1 << 16  # of a block
Convert = Callable[[Any], np.ndarray]  # a pyarrow.RecordBatch to (rows, *shape)


def parts(folder: Path) -> list[Path]:
    """The Parquet files of a folder, in the order of their names."""
    return sorted(p for p in folder.glob("*.parquet") if p.is_file() and not p.name.startswith("."))


def load(path: Path, wish: Wish = Wish()) -> Raw:
    """The columns of numbers of a file or of a folder's files, float32 (n, columns); one column may be the labels.

    Raises:
        DataError: For damaged files, files whose columns differ, and cells that are missing or no finite number.
        JamjaeError: If the extra `tables` is not installed.
    """
    wish.only("memory")
    needed("pyarrow", "tables", "Parquet")
    paths = parts(path) if path.is_dir() else [path]
    columns = Columns(schema(paths), wish.label, path.name)
    stream = Stream(
        rows(paths), (len(columns.names),), np.dtype(np.float32), lambda: read(paths, columns), columns.notes
    )
    spool = Spool.of(path.stem, paths, "parquet", wish.label)
    found, spooled = gathered(stream, spool, size(wish.memory))
    return Raw(path.stem, found.x, y=found.y, notes=found.notes, label=columns.label or "", spool=spooled)


def schema(paths: list[Path]) -> Any:
    """The columns that all files have in common: each must have the same.

    Raises:
        DataError: With the file and the columns that differ.
    """
    import pyarrow.parquet as pq

    first = None
    for path in paths:
        with _explained(path):
            found = pq.read_schema(path)
        first = found if first is None else first
        if not found.equals(first):
            differ = set(zip(found.names, found.types, strict=True)) ^ set(zip(first.names, first.types, strict=True))
            names = ", ".join(sorted({name for name, _ in differ})) or "their order"
            raise DataError(f"{path.name} has other columns than {paths[0].name}: {names}. Give both the same.")
    return first


def rows(paths: list[Path]) -> int:
    """How many rows the files have."""
    import pyarrow.parquet as pq

    return sum(pq.read_metadata(path).num_rows for path in paths)


def batches(paths: list[Path], columns: list[str]) -> Iterator[Any]:
    """The files' `pyarrow.RecordBatch`es, at most 65,536 rows each."""
    import pyarrow.parquet as pq

    for path in paths:
        with _explained(path), pq.ParquetFile(path, pre_buffer=False) as file:
            yield from file.iter_batches(ROWS, columns=columns, use_threads=False)


def read(paths: list[Path], columns: Columns) -> Iterator[Block]:
    """Values and labels, block by block."""
    columns.restart()
    for batch in batches(paths, columns.wanted):
        yield columns.convert(batch), columns.labels(batch)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"{path.name} is damaged or cut short: {' '.join(str(error).split())[:120]}. Copy it again."
        ) from None
