"""From an array to an `Event`: which axes are which, what the values mean, how they are held.

| array | event |
|---|---|
| (n,) or (n, d) | vector (1,) or (d,) |
| (n, h, w) | image (h, w, 1) |
| (n, h, w, c), c one of 1, 3, 4 | image (h, w, c) |
| (n, c, h, w), c one of 1, 3 | image (h, w, c), transposed |

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
from . import checks, gaps

_STEPS = 1e-5  # a column spanning less than this share of its size keeps fewer than about 100 values in 32 bits


@dataclass(frozen=True)
class Seen:
    """An array made ready: values (n, *event.shape), contiguous, in a type that torch knows."""

    x: np.ndarray
    event: Event
    unit: float
    notes: tuple[str, ...]


def see(x: np.ndarray, missing: bool = False) -> Seen:
    """What one example of the array is; whether cells may be `missing`.

    Raises:
        DataError: For values that are not finite numbers, empty arrays and shapes without a meaning.
    """
    checks.numeric(x)
    checks.filled(x)
    checks.finite(x, missing)
    x, kind, notes = layout(x)
    partly = x.dtype.kind == "f" and bool(np.isnan(x).any())
    low, high, levels, unit, meaning = _meaning(x, kind)
    held = hold(x, eight_bits=(levels == 2 or unit == 255.0) and not partly)
    event = Event(x.shape[1:], kind, low, high, missing, levels, 256 if unit == 255.0 else 0)
    told = (gaps.note(x),) if missing else ()
    return Seen(held, event, unit, (*notes, *meaning, *told))


def hold(x: np.ndarray, eight_bits: bool = False) -> np.ndarray:
    """The array contiguous, writable, in native byte order, and in a type that torch computes with."""
    kind, size = x.dtype.kind, x.dtype.itemsize
    dtype: np.dtype[Any]
    if eight_bits or kind == "b":
        dtype = np.dtype(np.uint8)
    elif kind == "f":
        dtype = np.dtype(np.float16 if size == 2 else np.float32)
    else:  # torch has no arithmetic on wide unsigned integers
        wider = {("u", 2): np.int32, ("u", 4): np.int64, ("u", 8): np.float32}
        dtype = np.dtype(wider.get((kind, size), x.dtype.newbyteorder("=")))
    return np.require(x, dtype, ["C", "W"])


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


def _meaning(x: np.ndarray, kind: str) -> tuple[float, float, int, float, tuple[str, ...]]:
    """low, high, levels, unit and notes."""
    lowest, highest = np.fmin.reduce(x, None), np.fmax.reduce(x, None)  # NaN is no value
    if x.dtype.kind == "b" or (lowest == 0 and highest == 1 and _binary(x)):
        return 0.0, 1.0, 2, 1.0, ("All values are 0 or 1: treated as binary.",)
    if kind == "image" and x.dtype.kind in "iu" and lowest >= 0 and highest <= 255:
        return 0.0, 1.0, 0, 255.0, (f"Pictures of whole numbers up to {highest}: read as 8-bit, 255 counts as 1.",)
    if kind == "image" and lowest >= 0 and highest <= 1:
        return 0.0, 1.0, 0, 1.0, ()
    notes = (*_whole(x, kind), *_coarse(x))
    return -math.inf, math.inf, 0, 1.0, notes


def _binary(x: np.ndarray) -> bool:
    return x.dtype.kind in "iu" or bool(((x == 0) | (x == 1) | np.isnan(x)).all())


def _whole(x: np.ndarray, kind: str) -> tuple[str, ...]:
    if x.dtype.kind not in "iu":
        return ()
    what = "Columns" if kind == "vector" else "Pictures"
    return (f"{what} of whole numbers are treated as real numbers, never guessed to be categories.",)


def _coarse(x: np.ndarray) -> tuple[str, ...]:
    """Columns whose differences drown when 64-bit values become 32-bit floats."""
    if x.ndim > 2 or x.dtype.itemsize < 4 or x.dtype == np.float32:
        return ()
    low, high = np.fmin.reduce(x).astype(np.float64), np.fmax.reduce(x).astype(np.float64)
    bad = (high > low) & (high - low < _STEPS * np.maximum(np.abs(low), np.abs(high)))
    if not bad.any():
        return ()
    which = f"Column {int(bad.argmax())}" + f" and {int(bad.sum()) - 1} more" * bool(bad.sum() > 1)
    return (f"{which}: large numbers with small differences, which 32-bit floats blur. Subtract the mean first.",)
