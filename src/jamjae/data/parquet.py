"""Parquet files, alone or as the parts in a folder, block by block."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..core.errors import DataError
from .tables.extra import library

MAGIC = b"PAR1"
ROWS = 1 << 16  # of a block


def parts(folder: Path) -> list[Path]:
    """The Parquet files of a folder, in the order of their names."""
    return sorted(p for p in folder.glob("*.parquet") if p.is_file() and not p.name.startswith("."))


def size(paths: list[Path]) -> tuple[int, int, int]:
    """Rows and columns that the files have, and bytes that their values take before they are packed.

    Raises:
        DataError: For a damaged file, and for one that has other columns than the first, by name.
    """
    parquet = library("pyarrow.parquet")
    rows, whole, first = 0, 0, None
    for path in paths:
        with _explained(path):
            about, found = parquet.read_metadata(path), parquet.read_schema(path)
        first = found if first is None else first
        if not found.equals(first):
            differ = set(zip(found.names, found.types, strict=True)) ^ set(zip(first.names, first.types, strict=True))
            names = ", ".join(sorted({name for name, _ in differ})) or "their order"
            raise DataError(f"{path.name} has other columns than {paths[0].name}: {names}. Give both the same.")
        rows += about.num_rows
        whole += sum(about.row_group(k).total_byte_size for k in range(about.num_row_groups))
    return rows, len(first.names) if first is not None else 0, whole


def batches(paths: list[Path], columns: list[str]) -> Iterator[Any]:
    """The files' `pyarrow.RecordBatch`es, at most 65,536 rows each."""
    for path in paths:
        with _explained(path), library("pyarrow.parquet").ParquetFile(path, pre_buffer=False) as file:
            yield from file.iter_batches(ROWS, columns=columns, use_threads=False)


def sample(paths: list[Path], rows: int) -> Any:
    """About so many rows as a `pyarrow.Table`: the first ones of every row group."""
    pa, parquet = library("pyarrow"), library("pyarrow.parquet")
    groups = sum(parquet.read_metadata(path).num_row_groups for path in paths)
    found = []
    for path in paths:
        with _explained(path), parquet.ParquetFile(path, pre_buffer=False) as file:
            for group in range(file.num_row_groups):
                first = next(file.iter_batches(-(-rows // groups), row_groups=[group], use_threads=False), None)
                found += [] if first is None else [first]
    return pa.Table.from_batches(found) if found else parquet.read_table(paths[0])


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (library("pyarrow").ArrowException, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise DataError(f"{path.name} cannot be read as Parquet: {reason}. Copy it again.") from None
