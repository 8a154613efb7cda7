"""CSV and its relatives: which encoding, which delimiter, which header; every cell as text.

Cells stay text here: what they mean is decided for each column, see `cells`. Blank lines are passed over.
"""

import codecs
import csv
import io
from collections import Counter
from pathlib import Path
from typing import Any

from ...core.errors import DataError
from .extra import library
from .numerals import numeral
from .sheet import Sheet

ENDINGS = (".csv", ".tsv", ".tab")
DELIMITERS = (",", ";", "\t", "|")
LARGEST = 2 << 30  # bytes of a file that is read at once
WIDEST = 10_000  # columns
HEAD = 1 << 16  # bytes from which the delimiter is told
LOOKED = 30  # records from which the delimiter is told
_BLOCK = 1 << 24
_PARQUET = (
    "python -c \"from pyarrow import csv, parquet; r = csv.open_csv('{0}'); w = parquet.ParquetWriter('{1}.parquet', "
    'r.schema); [w.write_batch(b) for b in r]"'
)


def read(path: Path) -> Sheet:
    """The table in a file of delimited text.

    Raises:
        DataError: For a file that is empty, binary, too large or too wide, in an unknown encoding, without rows, with
            two columns of one name, or with a row that has more or fewer cells than the header.
    """
    size = path.stat().st_size
    if size > LARGEST:
        how = _PARQUET.format(path.name, path.stem)
        raise DataError(
            f"{path.name} has {size / 2**30:.1f} GiB; at most {LARGEST >> 30} GiB of text are read at once. Turn it "
            f"into Parquet once: {how}"
        )
    encoding = encoding_of(path)
    first = _first_records(path, encoding)
    if not first:
        raise DataError(f"{path.name} is empty. A table needs a line of column names and rows below it.")
    delimiter = delimiter_of(first, path.suffix.lower() == ".tsv")
    header = next(csv.reader(first, delimiter=delimiter))
    if len(header) > WIDEST:
        raise DataError(
            f"{path.name} has {len(header):,} columns; a table has at most {WIDEST:,}. Numbers alone can be saved as "
            "an array: np.save('x.npy', array)."
        )
    named = not any(numeral(cell, False) is not None or numeral(cell, True) is not None for cell in header)
    names, notes = _names(header, path.name) if named else _numbered(header)
    if encoding != "utf-8":
        notes = (*notes, f"Read as {encoding.upper()}, since it is not UTF-8.")
    frame = _parsed(path, encoding, delimiter, names, named)
    if not len(frame):
        raise DataError(f"{path.name} has column names and no rows below them.")
    return Sheet(path.name, frame, 2 if named else 1, delimiter == ";", notes)


def encoding_of(path: Path) -> str:
    """ "utf-16" with its mark, otherwise "utf-8" if every byte fits, otherwise "cp949" if that fits Korean.

    Raises:
        DataError: If none fits.
    """
    with path.open("rb") as file:
        start = file.read(HEAD)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in start:
        raise DataError(f"{path.name} holds zero bytes: it is no text. Export it as CSV in UTF-8.")
    if (wrong := _undecodable(path, "utf-8")) is None:
        return "utf-8"
    if _undecodable(path, "cp949") is None and _korean(path):
        return "cp949"
    raise DataError(f"{path.name} is neither UTF-8 (byte {wrong:,} is not) nor Korean CP949. Save it as UTF-8.")


def _undecodable(path: Path, encoding: str) -> int | None:
    """Position of the first byte that the encoding does not know; None where all fit."""
    decoder, before = codecs.getincrementaldecoder(encoding)(), 0
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return before + error.start
            if not block:
                return None
            before += len(block)


def _korean(path: Path) -> bool:
    """Whether what CP949 makes of it are common syllables: Western letters become rare ones, which EUC-KR has not."""
    with path.open("rb") as file:
        text = file.read(_BLOCK).decode("cp949", "ignore")
    foreign = [c for c in text if ord(c) > 127]
    common = sum(bool(c.encode("euc-kr", "ignore")) for c in foreign)
    return common >= 0.9 * len(foreign)


def _first_records(path: Path, encoding: str) -> list[str]:
    """The first lines that are not blank, whole, as many as HEAD bytes hold, and at least one."""
    lines: list[str] = []
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file:
        text = file.read(HEAD)
        text += "" if text.endswith("\n") else file.readline(HEAD * 1024)
        lines = io.StringIO(text, newline="").readlines()
    while lines and not lines[0].strip():
        del lines[0]
    return lines


def delimiter_of(lines: list[str], tabs: bool = False) -> str:
    r"""The delimiter under which the first records have as many cells as the header.

    Example:
        >>> delimiter_of(["a;b\n", "1,5;2,5\n"]), delimiter_of(["name\n", "x, y\n"])
        (';', ',')
    """
    scores: dict[str, tuple[float, int]] = {}
    for delimiter in DELIMITERS:
        records = [r for r, _ in zip(csv.reader(lines, delimiter=delimiter), range(LOOKED), strict=False) if r]
        width = len(records[0]) if records else 1
        if width > 1:
            even = sum(len(r) == width for r in records) / len(records)
            scores[delimiter] = (even + (tabs and delimiter == "\t"), width)
    return max(scores, key=lambda d: scores[d]) if scores else ","


def _names(header: list[str], file: str) -> tuple[list[str], tuple[str, ...]]:
    names = [cell.strip() or str(k + 1) for k, cell in enumerate(header)]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        where = [str(k + 1) for k, name in enumerate(names) if name == twice[0]]
        raise DataError(
            f"{file}: columns {' and '.join(where)} are both called {twice[0]!r}. Columns are told apart by their "
            "names: rename one in the first line."
        )
    blank = [str(k + 1) for k, cell in enumerate(header) if not cell.strip()]
    notes = (f"Columns without a name are called by their number: {', '.join(blank[:5])}.",) if blank else ()
    return names, notes


def _numbered(header: list[str]) -> tuple[list[str], tuple[str, ...]]:
    note = (
        f"No column names: the first line holds a number ({', '.join(header[:3])}), so it counts as a row, and columns "
        f"are called 1 to {len(header)}. Add a line of names if that is wrong."
    )
    return [str(k + 1) for k in range(len(header))], (note,)


def _parsed(path: Path, encoding: str, delimiter: str, names: list[str], named: bool) -> Any:
    """Every cell as text, in a data frame of strings."""
    pa, arrow = library("pyarrow"), library("pyarrow.csv")
    ragged: list[Any] = []

    def refuse(row: Any) -> str:
        ragged.append(row)
        return "error"

    try:
        table = arrow.read_csv(
            str(path),
            arrow.ReadOptions(
                use_threads=False,  # so that it knows the number of a row
                block_size=_BLOCK,
                column_names=names,
                skip_rows_after_names=int(named),
                encoding=encoding,
            ),
            arrow.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=refuse),
            arrow.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
    except pa.ArrowInvalid as error:
        if not ragged:
            raise DataError(f"{path.name} cannot be read as a table: {str(error)[:300]}") from None
        bad = ragged[0]
        row = "a row" if bad.number is None else f"row {bad.number:,}"
        raise DataError(
            f"{path.name}, {row}: {bad.actual_columns} cells where the first line has {bad.expected_columns}: "
            f"{bad.text[:80]!r}. Put cells that hold {delimiter!r} in double quotes, or mend the row."
        ) from None
    return table.to_pandas()
