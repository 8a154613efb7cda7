"""The cells of one column, before or after its kind is known: numbers, days or texts; missing ones told apart."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from ...core.errors import DataError
from .dates import days
from .extra import library
from .numerals import numerals, written

MISSING = {"", "na", "n/a", "#n/a", "<na>", "nan", "null", "none", "-", "--", "?", "없음"}  # in lower case


@dataclass(frozen=True)
class Cells:
    """One column as it was read.

    Arguments:
        held: "number", "date" or "text".
        values: Numbers, or days since 1970-01-01, (n,), float64, NaN where missing; of texts, the number of each in
            `texts`, NaN where missing.
        texts: The different texts, in the order in which they appear; those of a pandas categorical in its own.
        ordered: Whether that order has a meaning; None where the source does not say.
        marks: Texts that stand for a missing cell, and how often.
    """

    held: Literal["number", "date", "text"]
    values: np.ndarray
    texts: tuple[str, ...] = ()
    ordered: bool | None = None
    marks: Counter[str] = field(default_factory=Counter)

    @property
    def known(self) -> np.ndarray:
        """The values that are there."""
        found: np.ndarray = self.values[~np.isnan(self.values)]
        return found

    def first(self, bad: np.ndarray) -> int:
        """Row of the first cell that is one of the texts which are `bad` (number of texts,)."""
        there = ~np.isnan(self.values)
        hit = np.zeros(len(self.values), bool)
        hit[there] = bad[self.values[there].astype(np.int64)]
        return int(hit.argmax())

    def mapped(self, table: np.ndarray) -> np.ndarray:
        """`table` (number of texts,) taken at every cell, NaN where missing, (n,)."""
        found = np.full(len(self.values), np.nan)
        there = ~np.isnan(self.values)
        found[there] = table[self.values[there].astype(np.int64)] if len(table) else np.nan
        return found

    def numerals(self, comma: bool) -> np.ndarray:
        """What each text writes as a number, NaN where it writes none, (number of texts,)."""
        return numerals(self.texts, comma)

    def days(self, format: str) -> np.ndarray:
        """What each text writes as a date, in days, NaN where it writes none, (number of texts,)."""
        found = (days(text, format) for text in self.texts)
        return np.array([np.nan if v is None else v for v in found], float)

    def as_texts(self) -> "Cells":
        """Numbers as the texts that write them; texts as they are."""
        if self.held == "text":
            return self
        different, where = np.unique(self.known, return_inverse=True)
        values = self.values.copy()
        values[~np.isnan(values)] = where
        return Cells("text", values, tuple(written(v) for v in different), None, self.marks)


def cells(series: Any) -> Cells:
    """The cells of a pandas column.

    Raises:
        DataError: For a column of complex numbers, durations or lists.
    """
    dtype = series.dtype
    if dtype.kind in "iuf" and str(dtype) != "category":
        return Cells("number", series.to_numpy(np.float64, na_value=np.nan).copy())
    if dtype.kind == "M":
        return Cells("date", _days(series))
    if str(dtype) == "category":
        return _categorical(series)
    if dtype.kind in "cm":
        raise DataError(f"it holds {'complex numbers' if dtype.kind == 'c' else 'durations'}, which no kind describes.")
    return _texts(series)


def _days(series: Any) -> np.ndarray:
    naive = series if getattr(series.dtype, "tz", None) is None else series.dt.tz_convert("UTC").dt.tz_localize(None)
    seconds = naive.to_numpy().astype("datetime64[s]")
    found: np.ndarray = np.where(np.isnat(seconds), np.nan, seconds.astype(np.int64) / 86_400)
    return found


def _categorical(series: Any) -> Cells:
    codes = series.cat.codes.to_numpy().astype(float)
    texts = tuple(map(_spoken, series.cat.categories))
    return Cells("text", np.where(codes < 0, np.nan, codes), texts, bool(series.cat.ordered))


def _texts(series: Any) -> Cells:
    pd = library("pandas")
    try:
        codes, uniques = pd.factorize(series)
    except TypeError:
        raise DataError("it holds lists or mappings, which no kind describes.") from None
    plain = str(series.dtype) in ("str", "string")
    stripped = pd.Series(uniques).str.strip() if plain else pd.Series(list(map(_spoken, uniques)), dtype="str")
    gone = stripped.str.lower().isin(MISSING).to_numpy(bool)
    again, texts = pd.factorize(stripped.where(~gone))  # space around a text makes no other one
    place = np.append(again, -1).astype(float)[codes]  # the last one is for missing cells, code -1
    counts = np.bincount(codes[codes >= 0], minlength=len(uniques))
    marks = Counter(dict(zip(stripped[gone], counts[gone].tolist(), strict=True)))
    return Cells("text", np.where(place < 0, np.nan, place), tuple(np.asarray(texts, object).tolist()), marks=marks)


def _spoken(value: Any) -> str:
    """A value as text, without space around it; whole numbers without a fraction."""
    if isinstance(value, (float, np.floating)) and not np.isnan(value):
        return written(float(value)) if np.isfinite(value) else str(value)
    return str(value).strip()
