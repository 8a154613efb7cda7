"""A table as it was read, before anything is decided about its columns."""

from dataclasses import dataclass
from typing import Any

from ...core.errors import DataError


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
