"""What one example is: its shape, its kind and the values it may take."""

import math
from dataclasses import dataclass

from .errors import require

KINDS = ("vector", "image", "sequence", "table", "text", "audio")
COLUMNS = ("real", "positive", "count", "binary", "categorical", "ordinal", "date")


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Arguments:
        name: What the table calls it.
        kind: "real", "positive", "count", "binary", "categorical", "ordinal" or "date" (days as real numbers).
        likelihood: Name of the likelihood of its cells.
        levels: Number of values where they are numbered 0 .. levels - 1; 0 for real numbers and counts.

    Example:
        >>> Column("colour", "categorical", "categorical", 3).levels
        3
    """

    name: str
    kind: str = "real"
    likelihood: str = "gaussian"
    levels: int = 0

    def __post_init__(self) -> None:
        require(self.kind in COLUMNS, f"`kind` must be one of {', '.join(COLUMNS)}", got=self.kind)
        numbered = self.kind in ("binary", "categorical", "ordinal")
        require(numbered == (self.levels > 1), f"`levels` must suit the kind {self.kind}", got=self.levels)


@dataclass(frozen=True)
class Event:
    """One example x, as the parts see it: real numbers, or category numbers 0 .. levels - 1.

    Arguments:
        shape: Shape of x; the channel axis is last: (columns,) for a vector, (height, width, channels) for an image.
        kind: "vector", "image", "sequence" (places, channels), "table" (columns), "text" (places) or "audio" (frames,
            channels): how the axes are meant.
        low: Smallest possible value (-inf: unbounded).
        high: Largest possible value (inf: unbounded).
        missing: Whether cells may be missing (NaN in floats, -1 in integers).
        levels: Number of values a cell can take: 2 for binary data, K for categories, 0 for real numbers.
        grid: Number of evenly spaced values from `low` to `high` that a real cell takes, 256 in an 8-bit picture; 0
            where nobody knows.
        columns: Of a table, one for each entry of its only axis; empty for anything else.

    Example:
        >>> Event((28, 28, 1), "image", 0.0, 1.0).cells
        784
    """

    shape: tuple[int, ...] = (2,)
    kind: str = "vector"
    low: float = -math.inf
    high: float = math.inf
    missing: bool = False
    levels: int = 0
    grid: int = 0
    columns: tuple[Column, ...] = ()

    def __post_init__(self) -> None:
        require(self.kind in KINDS, f"`kind` must be one of {', '.join(KINDS)}", got=self.kind)
        require(all(n >= 1 for n in self.shape), "`shape` must hold positive sizes", got=self.shape)
        require(self.low < self.high, "`low` must be below `high`", got=(self.low, self.high))
        described = self.shape == (len(self.columns),) if self.kind == "table" else not self.columns
        require(described, "`columns` must describe every column of a table, and of nothing else", got=self.shape)

    @property
    def spectrogram(self) -> bool:
        """Whether it is a recording with several channels a frame: bands, the lowest first."""
        return self.kind == "audio" and self.shape[-1] > 1

    @property
    def cells(self) -> int:
        """Number of cells D, the dimension behind bits per dimension."""
        return math.prod(self.shape)
