"""Parquet files: columns with types of their own."""

from pathlib import Path

from ...core.errors import DataError
from ..names import legible
from .extra import library
from .sheet import LARGEST, WIDER, WIDEST, Sheet, framed

START = b"PAR1"


def read(path: Path) -> Sheet:
    """The table in a Parquet file; an index that pandas kept in it is no column.

    Raises:
        DataError: For a file that is damaged, too large or too wide.
    """
    pa, parquet, name = library("pyarrow"), library("pyarrow.parquet"), legible(path.name)
    try:
        with path.open("rb") as file:
            about = parquet.read_metadata(file)
            size = sum(about.row_group(k).total_byte_size for k in range(about.num_row_groups))
            if about.num_columns > WIDEST:
                raise DataError(f"{name} has {about.num_columns:,} columns; a table has at most {WIDEST:,}. {WIDER}")
            if size > LARGEST:
                raise DataError(f"{name} has {size / 2**30:.1f} GiB; at most {LARGEST >> 30} GiB are read at once.")
            return framed(parquet.read_table(file), name)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{name} cannot be read as Parquet: {str(error)[:200]}") from None
