"""Missing cells of an array of numbers: NaN."""

from dataclasses import dataclass

import numpy as np

from ..core.errors import DataError
from .checks import where
from .pages import blocks

LISTED = 8  # columns that are named


@dataclass(frozen=True)
class Holes:
    """How many cells are missing, and where.

    Arguments:
        n: Number of examples.
        rows: How many of them have a missing cell.
        counts: How many examples lack each cell, (*event).

    Example:
        >>> print(Holes.of(np.array([[1.0, np.nan], [2.0, np.nan], [3.0, 4.0]])))
        2 of 6 cells are missing (33.3%), in 2 of 3 rows; by column: 1 (2).
    """

    n: int
    rows: int
    counts: np.ndarray

    @classmethod
    def of(cls, x: np.ndarray) -> "Holes":
        """The missing cells of x (n, ...), block by block."""
        rows, counts = 0, np.zeros(x.shape[1:], int)
        for part in blocks(x) if x.dtype.kind == "f" else ():
            gone = np.isnan(part)
            rows, counts = rows + int(gone.reshape(len(part), -1).any(1).sum()), counts + gone.sum(0)
        return cls(len(x), rows, counts)

    def check(self) -> None:
        """Refuse columns of which not one cell is known: nothing can be learned of them.

        Raises:
            DataError: With the first of them.
        """
        if (self.counts == self.n).any():
            cell = tuple(int(i) for i in np.unravel_index(int(self.counts.argmax()), self.counts.shape))
            what = where((0, *cell)).removeprefix("row 0, ")
            raise DataError(f"every value of {what} is missing: nothing can be learned of it. Leave it out.")

    def __str__(self) -> str:
        counts = self.counts.ravel()
        if not self.rows:
            return "No cell is missing; those of new examples may be."
        most = [k for k in np.argsort(-counts, kind="stable")[:LISTED] if counts[k]]
        listed = ", ".join(f"{k} ({counts[k]:,})" for k in most) + ", ..." * int((counts > 0).sum() > len(most))
        gone, cells = int(counts.sum()), self.n * counts.size
        share = f"{gone:,} of {cells:,} cells are missing ({gone / cells:.1%})"
        return f"{share}, in {self.rows:,} of {self.n:,} rows; by column: {listed}."
