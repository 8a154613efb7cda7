"""Missing cells of an array of numbers: NaN."""

import numpy as np

from ..core.errors import DataError
from .checks import where

LISTED = 8  # columns that are named


def known(x: np.ndarray) -> None:
    """Refuse columns of which not one cell is known: nothing can be learned of them.

    Raises:
        DataError: With the first of them.
    """
    empty = np.isnan(x).all(0) if x.dtype.kind == "f" else np.zeros(x.shape[1:], bool)
    if empty.any():
        cell = tuple(int(i) for i in np.unravel_index(int(empty.argmax()), empty.shape))
        what = where((0, *cell)).removeprefix("row 0, ")
        raise DataError(f"every value of {what} is missing: nothing can be learned of it. Leave it out.")


def note(x: np.ndarray) -> str:
    """How many cells are missing, and where most.

    Example:
        >>> note(np.array([[1.0, np.nan], [2.0, np.nan], [3.0, 4.0]]))
        '2 of 6 cells are missing (33.3%), in 2 of 3 rows; by column: 1 (2).'
    """
    gone = np.isnan(x).reshape(len(x), -1) if x.dtype.kind == "f" else np.zeros((len(x), 1), bool)
    if not gone.any():
        return "No cell is missing; those of new examples may be."
    counts = gone.sum(0)
    most = [k for k in np.argsort(-counts, kind="stable")[:LISTED] if counts[k]]
    listed = ", ".join(f"{k} ({counts[k]:,})" for k in most) + ", ..." * int((counts > 0).sum() > len(most))
    total = f"{int(counts.sum()):,} of {gone.size:,} cells are missing ({gone.mean():.1%})"
    return f"{total}, in {int(gone.any(1).sum()):,} of {len(x):,} rows; by column: {listed}."
