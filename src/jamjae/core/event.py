"""What one example is: its shape, its kind and the values it may take."""

import math
from dataclasses import dataclass

from .errors import require

KINDS = ("vector", "image", "sequence", "table")


@dataclass(frozen=True)
class Event:
    """One example x, as the parts see it: real numbers, or category numbers 0 .. levels - 1.

    Arguments:
        shape: Shape of x; the channel axis is last: (columns,) for a vector, (height, width, channels) for an image.
        kind: "vector", "image", "sequence" or "table": how the axes are meant.
        low: Smallest possible value (-inf: unbounded).
        high: Largest possible value (inf: unbounded).
        missing: Whether cells may be missing (NaN in floats, -1 in integers).
        levels: Number of values a cell can take: 2 for binary data, K for categories, 0 for real numbers.
        grid: Number of evenly spaced values from `low` to `high` that a real cell takes, 256 in an 8-bit picture; 0
            where nobody knows.

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

    def __post_init__(self) -> None:
        require(self.kind in KINDS, f"`kind` must be one of {', '.join(KINDS)}", got=self.kind)
        require(all(n >= 1 for n in self.shape), "`shape` must hold positive sizes", got=self.shape)
        require(self.low < self.high, "`low` must be below `high`", got=(self.low, self.high))

    @property
    def cells(self) -> int:
        """Number of cells D, the dimension behind bits per dimension."""
        return math.prod(self.shape)
