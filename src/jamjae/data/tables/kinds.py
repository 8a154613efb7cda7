"""What a column is: its kind, from its own cells or from what the user says, and the likelihood that suits it.

| the cells that are known | kind |
|---|---|
| all equal, or none | left out |
| two different values | binary |
| whole numbers from 0 that vary as counts do (variance at least half the mean) | count |
| numbers above 0 that a log-normal or gamma density describes better than a Gaussian or Student's t | positive |
| other numbers | real |
| dates in one format | date |
| a pandas categorical | categorical; ordinal if it is ordered |
| few different texts (at most half as many as cells, and 1,000) | categorical |
| all different: texts, whole numbers in a row, or whole numbers under a name such as id | left out |
| other texts | left out |
"""

import re
from dataclasses import dataclass

import numpy as np

from ...core.errors import DataError
from ...core.event import Column
from . import densities
from .cells import Cells
from .choices import LIKELIHOODS, SKIP
from .dates import FORMATS, ISO, formats
from .dates import whole as whole_day
from .field import Field, outside
from .numerals import written
from .sheet import Sheet

EXACT = 1 << 24  # whole numbers up to here are exact in 32 bits
SMALL = 20  # rows up to which different texts are no sign of an identifier
MOST = 1000  # categories
LOOKED = 1000  # texts that tell whether a column is of mixed kinds
LONG = 25  # letters of an average text that is meant to be read
_ID = re.compile(r"(^|[\W_])(id|uuid|guid|index|key|nr|no|rownames?|unnamed: 0|번호|순번)$", re.IGNORECASE)
_CAMEL = re.compile(r"[a-z](Id|ID)$")


@dataclass(frozen=True)
class Left:
    """A column that no model is to see, and why."""

    why: str


def decide(sheet: Sheet, name: str, cells: Cells, choice: str | None, comma: bool) -> Field | Left:
    """The field of a column, or why it is left out.

    Raises:
        DataError: For cells of several kinds, and for cells that do not suit the choice; with row and remedy.
    """
    if choice == SKIP:
        return Left("as asked")
    column = _One(sheet, name, cells, comma)
    if not len(cells.known):
        if choice is not None:
            raise column.refuse("every cell is missing.")
        return Left("every cell is missing")
    return column.guessed() if choice is None else column.chosen(choice)


@dataclass(frozen=True)
class _One:
    """A column under consideration."""

    sheet: Sheet
    name: str
    cells: Cells
    comma: bool

    def refuse(self, what: str, choice: str = SKIP) -> DataError:
        """The error for the whole column, with what to type."""
        return DataError(
            f'{self.sheet.name}, column {self.name!r}: {what} Say what it is: --columns "{self.name}={choice}".'
        )

    def guessed(self) -> Field | Left:
        if len(np.unique(self.cells.known)) == 1:
            k = self.cells.known[0]
            value = self.cells.texts[int(k)] if self.cells.held == "text" else written(float(k))
            return Left(f"every known cell is {value!r}")
        if self.cells.held == "date":
            return self._dates(self.cells.known, ISO)
        if self.cells.held == "number":
            return self._number_guessed(self.cells.known)
        if self.cells.ordered is not None:
            return self._coded("ordinal" if self.cells.ordered else None, self.cells.texts)
        values = self.cells.numerals(self.comma)
        if not np.isnan(values).any():
            return self._number_guessed(self._each(values))
        if found := formats(list(self.cells.texts)):
            return self._dates(self._dated(found), found[0])
        self._of_one_kind()
        return self._text_guessed()

    def chosen(self, choice: str) -> Field:
        if "<" in choice:
            order = tuple(part.strip() for part in choice.split("<"))
            if len(set(order)) < max(2, len(order)):
                raise self.refuse(f"the order {choice!r} needs different categories.", "low<middle<high")
            return self._coded("ordinal", order)
        if "%" in choice:
            return self._dates(self._known("date", choice), choice)
        kind = LIKELIHOODS.get(choice, choice)
        if kind == "date":
            return self._date_chosen()
        if kind in ("binary", "categorical", "ordinal"):
            return self._coded_as(kind)
        return self._number(kind, self._known(kind, ISO), choice if choice in LIKELIHOODS else "")

    def _number_guessed(self, values: np.ndarray) -> Field | Left:
        self._finite()
        different, whole = np.unique(values), bool((values == np.rint(values)).all())
        if len(different) == 2:
            return self._coded("binary", tuple(written(float(v)) for v in different))
        if whole and len(different) == len(values) > SMALL and self._identifies(different):
            return Left("whole numbers, all different: an identifier")
        if whole and different[0] >= 0 and different[-1] <= EXACT and densities.countable(values):
            return self._number("count", values)
        likelihood = densities.any_sign_or_positive(values) if different[0] > 0 else densities.real(values)
        return self._number(LIKELIHOODS[likelihood], values, likelihood)

    def _identifies(self, different: np.ndarray) -> bool:
        in_a_row = different[-1] - different[0] == len(different) - 1
        return bool(in_a_row or _ID.search(self.name) or _CAMEL.search(self.name))

    def _number(self, kind: str, values: np.ndarray, likelihood: str = "") -> Field:
        suited = {"real": densities.real, "positive": densities.positive, "count": densities.count}[kind]
        whole = bool((values == np.rint(values)).all()) and bool((np.abs(values) <= EXACT).all())
        return Field(Column(self.name, kind, likelihood or suited(values)), comma=self.comma, whole=whole)

    def _dates(self, values: np.ndarray, format: str) -> Field:
        return Field(Column(self.name, "date", "gaussian"), format=format, whole=all(map(whole_day, values.tolist())))

    def _dated(self, found: list[str]) -> np.ndarray:
        """Days of every known cell; refuses texts that mean different days in different formats."""
        tables = [self.cells.days(f) for f in found]
        for k, other in enumerate(tables[1:], 1):
            if (other != tables[0]).any():
                text = self.cells.texts[int((other != tables[0]).argmax())]
                raise self.refuse(f"{text!r} is a date in {found[0]} and in {found[k]}.", found[0])
        return self._each(tables[0])

    def _each(self, table: np.ndarray) -> np.ndarray:
        """`table` (number of texts,) taken at every known cell."""
        found: np.ndarray = table[self.cells.known.astype(int)]
        return found

    def _date_chosen(self) -> Field:
        if self.cells.held == "date":
            return self._dates(self.cells.known, ISO)
        texts = list(self.cells.as_texts().texts)
        if not (found := formats(texts)):
            raise self.refuse(f"no known format of dates fits all its cells ({texts[0]!r}).", "%d.%m.%Y")
        return self._dates(self._dated(found), found[0])

    def _known(self, kind: str, format: str) -> np.ndarray:
        """The known values as numbers of that kind, or the error for the first cell that is none."""
        Field(Column(self.name, kind), comma=self.comma, format=format).numbers(self.sheet)
        if self.cells.held != "text":
            return self.cells.known
        table = self.cells.days(format) if kind == "date" else self.cells.numerals(self.comma)
        return self._each(table)

    def _coded_as(self, kind: str) -> Field:
        """Categories as asked: in the order of their numbers, or of the alphabet where nothing depends on it."""
        texts, numbers = self.cells.as_texts().texts, self.cells.as_texts().numerals(self.comma)
        given = self.cells.ordered is not None
        if kind == "ordinal" and np.isnan(numbers).any() and not self.cells.ordered:
            raise self.refuse("its texts have no order yet.", "<".join(sorted(texts)[:4]))
        if len(texts) < 2 or (kind == "binary" and len(texts) > 2):
            raise self.refuse(f"it has {len(texts)} different values, which is not {kind}.", "categorical")
        return self._coded(kind, texts if given else self._sorted(texts, numbers))

    def _sorted(self, texts: tuple[str, ...], numbers: np.ndarray) -> tuple[str, ...]:
        if np.isnan(numbers).any():
            return tuple(sorted(texts))
        return tuple(written(float(v)) for v in np.unique(numbers))

    def _coded(self, kind: str | None, categories: tuple[str, ...]) -> Field:
        kind = kind or ("binary" if len(categories) == 2 else "categorical")
        likelihood = "bernoulli" if kind == "binary" else kind
        return Field(Column(self.name, kind, likelihood, len(categories)), categories, self.comma)

    def _finite(self) -> None:
        if (row := outside(self.cells.values, "real")) is not None:
            raise self.sheet.wrong(self.name, row, "it is infinite. Leave the cell empty if the value is unknown.")

    def _of_one_kind(self) -> None:
        """Refuse texts of which more than half, but not all, are numbers or dates of one format."""
        some = Cells("text", self.cells.values, self.cells.texts[:LOOKED])
        shares = [1 - np.isnan(some.numerals(self.comma)).mean(), *(1 - np.isnan(some.days(f)).mean() for f in FORMATS)]
        best = int(np.argmax(shares))
        if shares[best] <= 0.5:
            return
        what, table = ("number", self.cells.numerals(self.comma)) if best == 0 else ("date", self._as_dates(best))
        row = self.cells.first(np.isnan(table))
        said = f"{self.cells.texts[int(self.cells.values[row])]!r} is no {what}, and most of the column are."
        remedy = f'Correct it, leave the cell empty, or take all as categories: --columns "{self.name}=categorical".'
        raise self.sheet.wrong(self.name, row, f"{said} {remedy}")

    def _as_dates(self, k: int) -> np.ndarray:
        return self.cells.days(FORMATS[k - 1])

    def _text_guessed(self) -> Field | Left:
        n, texts = len(self.cells.known), self.cells.texts
        if len(texts) <= min(max(SMALL, n // 2), MOST):
            return self._coded(None, tuple(sorted(texts)))
        if sum(map(len, texts)) > LONG * len(texts):
            return Left(f"free text; to model it: --text {self.name}")
        if len(texts) == n:
            return Left("texts, all different: an identifier")
        return Left(f"{len(texts):,} different texts in {n:,} cells; to keep it: --columns {self.name}=categorical")
