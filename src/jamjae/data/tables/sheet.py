"""A table as it was read, before anything is decided about its columns."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from ...core.errors import DataError

LARGEST = 2 << 30  # bytes of a table that is read at once
WIDEST = 10_000  # columns
WIDER = "Numbers alone can be saved as an array: np.save('x.npy', array)."


@dataclass(frozen=True)
class Sheet:
    """A table as it was read.

    Arguments:
        name: What the user calls it.
        frame: A pandas data frame; its columns have different names, which are strings.
        first: Number of its first row: 2 in a file with a header, 0 in a data frame.
        comma: Whether 1,234 means a number below two where nothing else says so.
        notes: What was noticed while reading.
    """

    name: str
    frame: Any
    first: int = 0
    comma: bool = False
    notes: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """Names of the columns, in order."""
        return [str(name) for name in self.frame.columns]

    def wrong(self, column: str, row: int, what: str) -> DataError:
        """The error for one cell: where it stands, what is wrong, what to do."""
        return DataError(f"{self.name}, row {self.first + row}, column {column!r}: {what}")


def framed(frame: Any, name: str) -> Sheet:
    """A data frame as a sheet; its index is no column."""
    frame = frame.to_pandas() if type(frame).__module__.startswith("pyarrow") else frame
    names = [str(column) for column in frame.columns]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise DataError(f"{name}: two columns are called {twice[0]!r}. Rename one: they are told apart by their names.")
    if not len(names) or not len(frame):
        raise DataError(f"{name} is empty: {len(frame)} rows, {len(names)} columns.")
    if len(names) > WIDEST:
        raise DataError(f"{name} has {len(names):,} columns; a table has at most {WIDEST:,}. {WIDER}")
    return Sheet(name, frame.set_axis(names, axis=1).reset_index(drop=True))
