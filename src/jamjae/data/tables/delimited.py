"""CSV and its relatives: which delimiter, which header; every cell as text.

Cells stay text here: what they mean is decided for each column, see `cells`. Blank lines are passed over.
"""

import csv
import io
import re
from collections import Counter
from pathlib import Path
from typing import Any

from ...core.errors import DataError
from ..names import legible
from .encoding import encoding_of
from .extra import library
from .numerals import numeral
from .sheet import LARGEST, WIDER, WIDEST, Sheet

ENDINGS = (".csv", ".tsv", ".tab")
DELIMITERS = (",", ";", "\t", "|")
HEAD = 1 << 16  # characters from which delimiter and header are told
LOOKED = 30  # records from which the delimiter is told
_BLOCK = 1 << 24
_PARQUET = """python -c "from pyarrow import csv, parquet; r = csv.open_csv('{0}.csv'); \
w = parquet.ParquetWriter('{0}.parquet', r.schema); [w.write_batch(b) for b in r]; w.close()\""""


def read(path: Path) -> Sheet:
    """The table in a file of delimited text.

    Raises:
        DataError: For a file that is empty, binary, too large or too wide, in an unknown encoding, without rows, with
            two columns of one name, or with a row that has more or fewer cells than the header.
    """
    size, name = path.stat().st_size, legible(path.name)
    if size > LARGEST:
        raise DataError(
            f"{name} has {size / 2**30:.1f} GiB; at most {LARGEST >> 30} GiB of text are read at once. Turn it into "
            f"Parquet, once: {_PARQUET.format(legible(path.stem))}"
        )
    encoding = encoding_of(path)
    start, blank = _start(path, encoding)
    if not start:
        raise DataError(f"{name} is empty. A table needs a line of column names and rows below it.")
    delimiter = delimiter_of(start, path.suffix.lower() == ".tsv")
    header = _header(start, delimiter, name)
    named = not any(numeral(cell, comma) is not None for cell in header for comma in (False, True))
    names, notes = _names(header, name) if named else _numbered(header)
    if encoding != "utf-8":
        notes = (*notes, f"Read as {encoding.upper()}, since it is not UTF-8.")
    frame = _parsed(path, encoding, delimiter, names, blank + named)
    if not len(frame):
        raise DataError(f"{name} has column names and no rows below them.")
    return Sheet(name, frame, 2 if named else 1, delimiter == ";", notes)


def _start(path: Path, encoding: str) -> tuple[str, int]:
    """The first lines, whole, as many as HEAD holds and at least one; and how many blank lines are before them."""
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file:
        text = file.read(HEAD)
        text += "" if text.endswith("\n") else file.readline(HEAD * 1024)
    kept = text.lstrip("\r\n")
    return kept, len(text[: len(text) - len(kept)].splitlines())


def delimiter_of(text: str, tabs: bool = False) -> str:
    r"""The delimiter under which the first records have as many cells as the header.

    Example:
        >>> delimiter_of("a;b\n1,5;2,5\n"), delimiter_of('name\n"x, y"\nz, w\n')
        (';', ',')
    """
    records = [r for r in re.sub(r'"[^"]*("|$)', "", text).splitlines() if r.strip()][:LOOKED] or [""]
    scores: dict[str, tuple[float, int]] = {}
    for delimiter in DELIMITERS:
        counts = [r.count(delimiter) for r in records]
        if counts[0]:
            even = sum(n == counts[0] for n in counts) / len(counts)
            scores[delimiter] = (even + (tabs and delimiter == "\t"), counts[0])
    return max(scores, key=lambda d: scores[d]) if scores else ","


def _header(text: str, delimiter: str, file: str) -> list[str]:
    """The cells of the first line.

    Raises:
        DataError: If they are too many, or cannot be told apart.
    """
    try:
        header = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise DataError(f"{file}: the first line cannot be read: {error}. Check its double quotes.") from None
    if len(header) > WIDEST:
        raise DataError(f"{file} has {len(header):,} columns; a table has at most {WIDEST:,}. {WIDER}")
    return header


def _names(header: list[str], file: str) -> tuple[list[str], tuple[str, ...]]:
    names = [cell.strip() or str(k + 1) for k, cell in enumerate(header)]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        where = [str(k + 1) for k, name in enumerate(names) if name == twice[0]]
        raise DataError(
            f"{file}, row 1: columns {' and '.join(where)} are both called {twice[0]!r}. Rename one: they are told "
            "apart by their names."
        )
    blank = [str(k + 1) for k, cell in enumerate(header) if not cell.strip()]
    notes = (f"Columns without a name are called by their number: {', '.join(blank[:5])}.",) if blank else ()
    return names, notes


def _numbered(header: list[str]) -> tuple[list[str], tuple[str, ...]]:
    note = (
        f"No column names: the first line holds a number ({', '.join(header[:3])}), so it counts as a row, and the "
        f"columns are called 1 to {len(header)}. If that is wrong, write names that are no numbers."
    )
    return [str(k + 1) for k in range(len(header))], (note,)


def _parsed(path: Path, encoding: str, delimiter: str, names: list[str], skipped: int) -> Any:
    """Every cell as text, in a data frame of strings."""
    pa, arrow = library("pyarrow"), library("pyarrow.csv")
    ragged: list[Any] = []

    def refuse(row: Any) -> str:
        ragged.append(row)
        return "error"

    reading = arrow.ReadOptions(
        use_threads=False,  # so that it knows the number of a row
        block_size=_BLOCK,
        column_names=names,
        skip_rows_after_names=skipped,  # the header, and blank lines before it
        encoding=encoding,
    )
    parsing = arrow.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=refuse)
    texts = arrow.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    try:
        with path.open("rb") as file:
            return arrow.read_csv(file, reading, parsing, texts).to_pandas()
    except pa.ArrowInvalid as error:
        raise _refused(legible(path.name), delimiter, ragged, str(error)) from None


def _refused(name: str, delimiter: str, ragged: list[Any], reason: str) -> DataError:
    if not ragged:
        return DataError(f"{name} cannot be read as a table: {reason[:300]}")
    bad = ragged[0]
    row = "a row" if bad.number is None else f"row {bad.number:,}"
    return DataError(
        f"{name}, {row}: {bad.actual_columns} cells where the first line has {bad.expected_columns}: "
        f"{bad.text[:80]!r}. Put cells that hold {delimiter!r} in double quotes, or mend the row."
    )
