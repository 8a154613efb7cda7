"""From an array to an `Event`: which axes are which, what the values mean, how they are held.

| array | event |
|---|---|
| (n,) or (n, d) | vector (1,) or (d,) |
| (n, h, w) | image (h, w, 1) |
| (n, h, w, c), c one of 1, 3, 4 | image (h, w, c) |
| (n, c, h, w), c one of 1, 3 | image (h, w, c), transposed |
| (n, t, c) or (n, t), where sequences are asked for | sequence (t, c) or (t, 1) |

| values | as the model sees them |
|---|---|
| booleans, or only 0 and 1 | binary, `levels=2` |
| integer pictures in 0..255 | held in 8 bits, divided by 255, range [0, 1] |
| float pictures in [0, 1] | real numbers, range [0, 1] |
| anything else | real numbers without bounds |

NaN stands for a missing cell where that was asked for; it is none of the values.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.errors import DataError
from ..core.event import Event
from . import checks
from .extent import Extent
from .gaps import Holes
from .pages import blocks
from .spool import Spool, Stream

_STEPS = 1e-5  # a column spanning less than this share of its size keeps fewer than about 100 values in 32 bits


@dataclass(frozen=True)
class Seen:
    """An array made ready: values (n, *event.shape), contiguous, in a type that torch knows."""

    x: np.ndarray
    event: Event
    unit: float
    notes: tuple[str, ...]


def see(x: np.ndarray, kind: str = "", spool: Spool | None = None, missing: bool = False) -> Seen:
    """What one example of the array is; a `kind` "sequence" says how its axes are meant.

    Arguments:
        x: The values (n, ...).
        kind: "sequence", or empty: the axes say it.
        spool: Where values are kept that need another type or order and are too large to copy; None: in memory.
        missing: Whether NaN stands for a missing cell.

    Raises:
        DataError: For values that are not finite numbers, empty arrays and shapes without a meaning.
    """
    checks.numeric(x)
    checks.filled(x)
    extent, holes = Extent.of(x, missing), Holes.of(x) if missing else None
    checks.finite(x, extent, missing)
    x, kind, notes = _sequences(x) if kind == "sequence" else layout(x)
    low, high, levels, unit, meaning = _meaning(x, kind, extent)
    dtype = held(x.dtype, eight_bits=(levels == 2 or unit == 255.0) and not (holes and holes.rows))
    event = Event(x.shape[1:], kind, low, high, missing, levels, 256 if unit == 255.0 else 0)
    told = () if holes is None else (str(holes),)
    return Seen(hold(x, dtype, spool), event, unit, (*notes, *meaning, *told))


def held(dtype: np.dtype[Any], eight_bits: bool = False) -> np.dtype[Any]:
    """The type in native byte order, with which torch computes, that values of this type are held in."""
    kind, size = dtype.kind, dtype.itemsize
    if eight_bits or kind == "b":
        return np.dtype(np.uint8)
    if kind == "f":
        return np.dtype(np.float16 if size == 2 else np.float32)
    # torch has no arithmetic on wide unsigned integers
    wider = {("u", 2): np.int32, ("u", 4): np.int64, ("u", 8): np.float32}
    return np.dtype(wider.get((kind, size), dtype.newbyteorder("=")))


def hold(x: np.ndarray, dtype: np.dtype[Any], spool: Spool | None = None) -> np.ndarray:
    """The array contiguous, writable and of that type: x itself where it is so already."""
    if spool is None or (x.dtype == dtype and x.flags.c_contiguous):
        return np.require(x, dtype, ["C", "W"])
    return (
        spool.named(f"as {dtype}")
        .keep(Stream(len(x), x.shape[1:], dtype, lambda: ((part, None) for part in blocks(x))))
        .x
    )


def layout(x: np.ndarray) -> tuple[np.ndarray, str, tuple[str, ...]]:
    """Examples (n, *event.shape), what kind they are, and notes."""
    if x.ndim <= 2:
        return x.reshape(len(x), -1), "vector", ()
    if x.ndim == 3:
        return x[..., None], "image", ()
    if x.shape[-1] in (1, 3, 4):
        return x, "image", ()
    if x.shape[1] in (1, 3):
        note = f"Channels moved from the second axis to the last: shape was {x.shape}."
        return x.transpose(0, 2, 3, 1), "image", (note,)
    raise DataError(
        f"no channel axis in shape {x.shape}: pictures have 1, 3 or 4 channels on the last axis, or 1 or 3 on the "
        "second. For anything else pass vectors: x.reshape(len(x), -1)."
    )


def _sequences(x: np.ndarray) -> tuple[np.ndarray, str, tuple[str, ...]]:
    if x.ndim not in (2, 3):
        raise DataError(f"sequences are (n, places, channels) or (n, places); got shape {x.shape}.")
    return (x[..., None] if x.ndim == 2 else x), "sequence", ()


def _meaning(x: np.ndarray, kind: str, extent: Extent) -> tuple[float, float, int, float, tuple[str, ...]]:
    """low, high, levels, unit and notes."""
    lowest, highest = np.fmin.reduce(extent.low, None), np.fmax.reduce(extent.high, None)
    if x.dtype.kind == "b" or (lowest == 0 and highest == 1 and extent.binary):
        return 0.0, 1.0, 2, 1.0, ("All values are 0 or 1: treated as binary.",)
    if kind == "image" and x.dtype.kind in "iu" and lowest >= 0 and highest <= 255:
        return 0.0, 1.0, 0, 255.0, (f"Pictures of whole numbers up to {highest}: read as 8-bit, 255 counts as 1.",)
    if kind == "image" and lowest >= 0 and highest <= 1:
        return 0.0, 1.0, 0, 1.0, ()
    notes = (*_whole(x, kind), *_coarse(x, extent))
    return -math.inf, math.inf, 0, 1.0, notes


def _whole(x: np.ndarray, kind: str) -> tuple[str, ...]:
    if x.dtype.kind not in "iu":
        return ()
    what = {"vector": "Columns", "image": "Pictures"}.get(kind, "Sequences")
    return (f"{what} of whole numbers are treated as real numbers, never guessed to be categories.",)


def _coarse(x: np.ndarray, extent: Extent) -> tuple[str, ...]:
    """Columns whose differences drown when 64-bit values become 32-bit floats."""
    if x.ndim > 2 or x.dtype.itemsize < 4 or x.dtype == np.float32:
        return ()
    low, high = np.atleast_1d(extent.low).astype(np.float64), np.atleast_1d(extent.high).astype(np.float64)
    bad = (high > low) & (high - low < _STEPS * np.maximum(np.abs(low), np.abs(high)))
    if not bad.any():
        return ()
    which = f"Column {int(bad.argmax())}" + f" and {int(bad.sum()) - 1} more" * bool(bad.sum() > 1)
    return (f"{which}: large numbers with small differences, which 32-bit floats blur. Subtract the mean first.",)
