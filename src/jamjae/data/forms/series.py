"""Windows of a series: rows in the order of time, one column a channel."""

import csv
import io
from typing import Any, ClassVar, Self

import numpy as np

from ...core.errors import Damaged, DataError
from .. import checks
from .base import Form


class Series(Form):
    """Windows (window, channels) of a series, cut every `stride` rows.

    Arguments:
        names: Of the channels.
        window: Rows of a window.
        stride: Rows from the start of a window to that of the next.

    Example:
        >>> form = Series(("a",), window=2, stride=3)
        >>> form.values([0, 1, 2, 3, 4])[..., 0].tolist()
        [[0, 1], [3, 4]]
    """

    kind = "series"
    endings: ClassVar[tuple[str, ...]] = (".csv",)
    drawn = True

    def __init__(self, names: tuple[str, ...], window: int, stride: int) -> None:
        self.names, self.window, self.stride = names, window, stride

    def spec(self) -> dict[str, Any]:
        return {"kind": self.kind, "names": list(self.names), "window": self.window, "stride": self.stride}

    @classmethod
    def of(cls, spec: dict[str, Any]) -> Self:
        names, window, stride = (spec.get(name) for name in ("names", "window", "stride"))
        if not isinstance(names, list) or not names or not isinstance(window, int) or not isinstance(stride, int):
            raise Damaged(f"the form of the data is no series: names {names!r}, window {window!r}, stride {stride!r}.")
        return cls(tuple(map(str, names)), window, stride)

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of one window."""
        return self.window, len(self.names)

    @property
    def overlap(self) -> int:
        """How many windows after a window share rows with it."""
        return -(-self.window // self.stride) - 1

    def values(self, given: Any) -> np.ndarray:
        """A series (rows, channels), or (rows,) of one channel, or a column for each name; as windows.

        Raises:
            DataError: For other channels, and for fewer rows than a window has.
        """
        if isinstance(given, dict):
            missing = [name for name in self.names if name not in given]
            if missing:
                raise DataError(f"the series has no column {', '.join(missing)}; it has {', '.join(map(str, given))}.")
            given = np.stack([np.asarray(given[name]) for name in self.names], 1)
        rows = np.asarray(given)
        rows = rows[:, None] if rows.ndim == 1 else rows
        if rows.ndim != 2 or rows.shape[1] != len(self.names):
            raise DataError(f"a series must be (rows, {len(self.names)}): {', '.join(self.names)}; got {rows.shape}.")
        checks.numeric(rows)
        if len(rows) < self.window:
            raise DataError(f"the series has {len(rows)} rows, fewer than a window: {self.window}. Pass more rows.")
        cut = np.lib.stride_tricks.sliding_window_view(rows, self.window, 0)[:: self.stride]
        return np.ascontiguousarray(cut.swapaxes(1, 2))

    def readable(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """The windows (n, window) of every channel, by name."""
        return {name: x[..., k] for k, name in enumerate(self.names)}

    def lines(self, x: np.ndarray) -> list[str]:
        found = []
        for one in x:
            parts = (f"{n} {v.min():.4g} to {v.max():.4g}" for n, v in zip(self.names, one.T, strict=True))
            found.append("; ".join(parts))
        return found

    def content(self, x: np.ndarray, ending: str = ".csv") -> bytes:
        """Comma-separated values: number of the window, place in it, one column a channel."""
        file = io.StringIO(newline="")
        rows = csv.writer(file)
        rows.writerow(["window", "place", *self.names])
        for number, one in enumerate(x.tolist()):
            rows.writerows([number, place, *row] for place, row in enumerate(one))
        return file.getvalue().encode("utf-8-sig")  # the mark tells spreadsheets that it is UTF-8
