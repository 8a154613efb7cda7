"""Rows of a table as numbers: every column by its field, in both directions."""

import io
import warnings
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Self

import numpy as np

from ...core.errors import DataError, UsageError
from ...core.event import Column
from ...core.sheets import harmless
from ..tables.extra import library
from ..tables.field import Field
from ..tables.overview import overview
from ..tables.sheet import Sheet
from .base import Form

NAMED = 8  # columns that a message names


@dataclass(frozen=True)
class Table(Form):
    """Rows of a table: x (n, columns), float32, NaN where a cell is missing.

    Arguments:
        fields: The columns, in the order of the numbers.
        left: Columns that were left out, and why.
        label: Name of the column that holds the labels; empty without.

    Example:
        >>> form = Table((Field(Column("colour", "binary", "bernoulli", 2), ("blue", "red")), Field(Column("size"))))
        >>> form.values([{"size": 2.5, "colour": "red"}])
        array([[1. , 2.5]], dtype=float32)
        >>> form.lines(np.array([[0.0, np.nan]], np.float32))
        ['colour=blue, size=?']
    """

    kind: ClassVar[str] = "table"
    endings: ClassVar[tuple[str, ...]] = (".csv", ".parquet")

    fields: tuple[Field, ...]
    left: dict[str, str] = field(default_factory=dict)
    label: str = ""

    @property
    def columns(self) -> tuple[Column, ...]:
        """What the parts of a model know of the columns."""
        return tuple(f.column for f in self.fields)

    def spec(self) -> dict[str, Any]:
        return {"kind": self.kind, "fields": [asdict(f) for f in self.fields], "left": self.left, "label": self.label}

    @classmethod
    def of(cls, spec: dict[str, Any]) -> Self:
        try:
            fields = tuple(_field(**f) for f in spec["fields"])
            return cls(fields, {str(k): str(v) for k, v in spec["left"].items()}, str(spec["label"]))
        except (KeyError, TypeError, AttributeError, UsageError) as error:
            raise DataError(f"the form of the table does not make sense: {error}") from None

    def values(self, given: Any) -> np.ndarray:
        """Rows as numbers: a data frame, a `Sheet`, or what pandas makes a data frame of; columns in any order.

        Columns that training did not have are passed over with a warning.
        """
        sheet = given if isinstance(given, Sheet) else _sheet(given)
        names = [f.name for f in self.fields]
        gone = [name for name in names if name not in sheet.names]
        if gone:
            raise DataError(
                f"{sheet.name} lacks {_listed(gone, 'column')}, which the model was fitted on. Its columns are "
                f"{_listed(sheet.names)}. Add what is lacking; cells may be empty where the value is unknown."
            )
        extra = [name for name in sheet.names if name not in {*names, *self.left, self.label}]
        if extra:
            what = f"{sheet.name}: not used, since training did not have {_listed(extra, 'column')}."
            warnings.warn(what, stacklevel=2)
        return self.numbers(sheet.frame, sheet.first, sheet.name)

    def numbers(self, frame: Any, first: int = 0, name: str = "the examples") -> np.ndarray:
        """Rows of a pandas data frame as numbers (n, columns), block by block where there are many.

        Arguments:
            frame: Has every column, perhaps others.
            first: Number of its first row, for messages.
            name: What the user calls it, for messages.
        """
        sheet = Sheet(name, frame, first)
        return np.stack([f.numbers(sheet) for f in self.fields], axis=1)

    def readable(self, x: np.ndarray) -> Any:
        """A pandas data frame with the names, categories and dates of the training data."""
        x = np.asarray(x, np.float32)
        return library("pandas").DataFrame({f.name: f.readable(x[:, k]) for k, f in enumerate(self.fields)})

    def lines(self, x: np.ndarray) -> list[str]:
        names, rows = self.grid(x)
        return [", ".join(f"{n}={v}" for n, v in zip(names, row, strict=True)) for row in rows]

    def grid(self, x: np.ndarray) -> tuple[list[str], list[list[str]]]:
        rows = self.readable(x).astype(object).itertuples(index=False)
        return [f.name for f in self.fields], [[_short(v) for v in row] for row in rows]

    def content(self, x: np.ndarray, ending: str) -> bytes:
        return content(self.readable(x), ending)

    def overview(self, x: np.ndarray) -> str:
        return overview(self.fields, self.left, x)


def content(frame: Any, ending: str) -> bytes:
    """A data frame as the content of a .csv file without formulas, or of a .parquet file."""
    if ending == ".parquet":
        buffer = io.BytesIO()
        frame.to_parquet(buffer, index=False)
        return buffer.getvalue()
    safe = frame.rename(columns=lambda name: harmless(str(name)))
    for name in safe.columns:
        if safe[name].dtype.kind not in "iufbM":
            safe[name] = safe[name].map(lambda v: harmless(v) if isinstance(v, str) else v)
    text: str = safe.to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig")  # the mark tells spreadsheets that it is UTF-8


def _sheet(given: Any) -> Sheet:
    frame = library("pandas").DataFrame(given)
    return Sheet("the examples", frame.rename(columns=str))


def _field(column: dict[str, Any], categories: list[str], **rest: Any) -> Field:
    return Field(Column(**column), tuple(map(str, categories)), **rest)


def _listed(names: list[str], what: str = "") -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    noun = f"the {what}{'s' * (len(names) > 1)} " if what else ""
    return noun + ", ".join(map(repr, names[:NAMED])) + more


def _short(value: Any) -> str:
    if value is None or value != value or str(value) in ("NaT", "<NA>"):
        return "?"
    text = f"{value:.6g}" if isinstance(value, (float, np.floating)) else str(value)
    return text.removesuffix(" 00:00:00")
