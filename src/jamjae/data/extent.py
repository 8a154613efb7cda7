"""Smallest and largest values of an array, in one pass over its rows."""

from dataclasses import dataclass

import numpy as np

from .pages import blocks


@dataclass(frozen=True)
class Extent:
    """What values an array has. NaN in `low` and `high` where there is one among the values, unless it is none.

    Arguments:
        low: Smallest value of every column of a table (n, d), (d,); of any other array, of all values, ().
        high: The largest.
        binary: Whether every value is 0 or 1.
    """

    low: np.ndarray
    high: np.ndarray
    binary: bool

    @classmethod
    def of(cls, x: np.ndarray, missing: bool = False) -> "Extent":
        """The extent of x (n, ...), n >= 1; with `missing`, NaN is no value.

        Example:
            >>> found = Extent.of(np.array([[0, 5], [1, 3]]))
            >>> found.low.tolist(), found.high.tolist(), found.binary
            ([0, 3], [1, 5], False)
        """
        axis = 0 if x.ndim == 2 else None
        low = high = None
        binary = True
        lower, upper = (np.fmin, np.fmax) if missing else (np.minimum, np.maximum)
        with np.errstate(invalid="ignore"):
            for block in blocks(x):
                least, most = lower.reduce(block, axis), upper.reduce(block, axis)
                low = least if low is None else lower(low, least)
                high = most if high is None else upper(high, most)
                binary = binary and bool(((block == 0) | (block == 1) | (missing & (block != block))).all())
        return cls(np.asarray(low), np.asarray(high), binary)
