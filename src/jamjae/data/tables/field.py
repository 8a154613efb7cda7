"""One column of a table that was decided upon: cells to numbers, and back."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...core.event import Column
from ...core.sheets import original
from .cells import Cells, cells
from .dates import ISO, dated
from .extra import library
from .numerals import numeral, written
from .sheet import Sheet

LISTED = 8  # categories that a message names


@dataclass(frozen=True)
class Field:
    """How one column comes in and goes out.

    Arguments:
        column: What the parts of a model know of it.
        categories: Names of the categories, in the order of their numbers.
        comma: Whether its texts write a decimal comma.
        format: Format of its dates.
        whole: Whether its numbers are whole, or its dates have no time of day.
    """

    column: Column
    categories: tuple[str, ...] = ()
    comma: bool = False
    format: str = ISO
    whole: bool = False

    @property
    def name(self) -> str:
        """Name of the column."""
        return self.column.name

    def numbers(self, sheet: Sheet) -> np.ndarray:
        """The column of a sheet as numbers, (n,), float32, NaN where missing.

        Raises:
            DataError: For a cell that the column cannot hold, with its row and what to do.
        """
        found = cells(sheet.frame[self.name])
        values = self._coded(found, sheet) if self.categories else self._measured(found, sheet)
        return values.astype(np.float32)

    def _coded(self, found: Cells, sheet: Sheet) -> np.ndarray:
        number = {name: k for k, name in enumerate(self.categories)}
        found = found.as_texts()
        table = np.array([number.get(self._category(text), np.nan) for text in found.texts], float)
        if np.isnan(table).any() and (~np.isnan(found.values)).any():
            values = found.mapped(table)
            bad = np.isnan(values) & ~np.isnan(found.values)
            if bad.any():
                row = int(bad.argmax())
                text = found.texts[int(found.values[row])]
                raise sheet.wrong(self.name, row, f"{text!r} is none of its categories: {self._known()}. {_UNSEEN}")
        return found.mapped(table)

    def _category(self, text: str) -> str:
        """The name under which a text is known: 1.0 is 1 where the categories are numbers."""
        if text in self.categories:
            return text
        value = numeral(text, self.comma)
        return original(text) if value is None else written(value)

    def _known(self) -> str:
        more = f", and {len(self.categories) - LISTED} more" if len(self.categories) > LISTED else ""
        return ", ".join(map(repr, self.categories[:LISTED])) + more

    def _measured(self, found: Cells, sheet: Sheet) -> np.ndarray:
        date = self.column.kind == "date"
        values = found.values
        if found.held == "text":
            table = self._days(found) if date else found.numerals(self.comma)
            values = found.mapped(table)
            bad = np.isnan(values) & ~np.isnan(found.values)
            if bad.any():
                row = int(bad.argmax())
                what = f"a date as in training ({self.format})" if date else "a number as in training"
                raise sheet.wrong(self.name, row, f"{found.texts[int(found.values[row])]!r} is not {what}. {_EMPTY}")
        elif date != (found.held == "date"):
            raise sheet.wrong(self.name, 0, f"it holds {found.held}s, and held {self.column.kind} values in training.")
        if (out := outside(values, self.column.kind)) is not None:
            raise sheet.wrong(self.name, out, f"{values[out]:g} {RULES[self.column.kind]}. {_EMPTY}")
        return values

    def _days(self, found: Cells) -> np.ndarray:
        table = found.days(self.format)
        return np.where(np.isnan(table), found.days(ISO), table)

    def readable(self, x: np.ndarray) -> Any:
        """Numbers (n,) as a pandas column: categories as strings, counts as whole numbers, dates as dates."""
        pd = library("pandas")
        there = ~np.isnan(x)
        if self.categories:
            k = np.clip(np.rint(np.where(there, x, 0)), 0, len(self.categories) - 1).astype(int)
            return pd.Series(np.where(there, np.array(self.categories, object)[k], None), dtype="str")
        if self.column.kind == "date":
            texts = [dated(float(v), self.whole) if ok else None for v, ok in zip(x, there, strict=True)]
            return pd.Series(np.array(texts, "datetime64[s]"))
        if self.whole:
            whole = pd.Series(np.rint(np.where(there, x, 0)).astype(np.int64))
            return whole if there.all() else whole.astype("Int64").mask(~there)
        return pd.Series(x.astype(np.float32))


RULES = {
    "positive": "is not above 0, as this column must be",
    "count": "is no count: a whole number, 0 or above",
    "real": "is no finite number",
    "date": "is no date",
}
_EMPTY = "Leave the cell empty if the value is unknown."
_UNSEEN = "Correct it, leave the cell empty, or fit again with data that has it."


def outside(values: np.ndarray, kind: str) -> int | None:
    """The first row whose value the kind does not allow; None where it allows all."""
    there = ~np.isnan(values)
    bad = there & ~np.isfinite(values)
    if kind == "positive":
        bad |= there & (values <= 0)
    if kind == "count":
        bad |= there & ((values < 0) | (values != np.rint(values)))
    return int(bad.argmax()) if bad.any() else None
