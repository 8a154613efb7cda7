"""What no likelihood can describe is refused here, with the row, the column and what to do."""

from collections.abc import Sequence

import numpy as np

from ..core.errors import DataError
from .extent import Extent
from .pages import blocks

_KINDS = {"O": "Python objects", "U": "text", "S": "bytes", "c": "complex numbers", "M": "dates", "m": "time spans"}
LARGEST = float(np.finfo(np.float32).max)


def numeric(x: np.ndarray) -> None:
    """Refuse everything but booleans, integers and real numbers."""
    if x.dtype.kind not in "biuf":
        what = _KINDS.get(x.dtype.kind, f"values of type {x.dtype}")
        raise DataError(f"the examples are {what}; they must be numbers. Convert them first, e.g. x.astype('float32').")


def filled(x: np.ndarray) -> None:
    """Refuse arrays without values, and ranks that have no meaning here."""
    if not 1 <= x.ndim <= 4:
        rule = "examples are (n,), (n, columns), (n, height, width) or (n, height, width, channels)"
        raise DataError(f"the array has {x.ndim} axes, shape {x.shape}; {rule}. Try x.reshape(len(x), -1).")
    if x.size == 0:
        raise DataError(f"the array is empty, shape {x.shape}: it must hold at least 3 examples of at least 1 value.")


def finite(x: np.ndarray, extent: Extent | None = None, missing: bool = False) -> None:
    """Refuse infinity, what 32-bit floats cannot hold, and NaN unless it stands for a `missing` cell; the extent of x
    is found where it is not given."""
    if x.dtype.kind != "f":
        return
    extent = Extent.of(x, missing) if extent is None else extent
    low, high = float(extent.low.min()), float(extent.high.max())  # NaN for a column without a value
    if low >= -LARGEST and high <= LARGEST:  # false for NaN
        return
    count = rows = start = 0
    first: tuple[int, ...] = ()
    for part in blocks(x):
        bad = ~np.isfinite(part) if x.dtype.itemsize <= 4 else ~(np.abs(part) <= LARGEST)
        bad = bad & ~np.isnan(part) if missing else bad
        if not first and bad.any():
            row, *rest = (int(i) for i in np.unravel_index(int(bad.argmax()), bad.shape))
            first = (start + row, *rest)
        count, rows, start = (
            count + int(bad.sum()),
            rows + int(bad.reshape(len(part), -1).any(1).sum()),
            start + len(part),
        )
    if not count:
        return
    nan = " If NaN stands for a cell that nobody knows, fit with missing=True (--missing)."
    raise DataError(
        f"{count} of {x.size} values are NaN, infinite or beyond 32-bit floats, in {rows} of {len(x)} rows; the first "
        f"is {x[first]} at {where(first)}. Fill them in, or drop the rows: "
        "x[np.isfinite(x).reshape(len(x), -1).all(1)]." + nan * bool(np.isnan(x[first]))
    )


def where(cell: Sequence[int]) -> str:
    """A cell in words, counted from 0 as in the array.

    Example:
        >>> where((5, 2)), where((5, 2, 3))
        ('row 5, column 2', 'row 5, cell (2, 3)')
    """
    row, *rest = cell
    if len(rest) <= 1:
        return f"row {row}, column {rest[0] if rest else 0}"
    return f"row {row}, cell {tuple(rest)}"
