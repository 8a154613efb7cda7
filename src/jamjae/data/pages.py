"""Arrays that stay in their file: mapped into memory, looked at in blocks, their pages given back.

A mapped array looks like any other; the system reads a page of it when it is touched and may drop it when memory is
short. Pages that were touched count as memory of this process until then, so they are given back early.
"""

import mmap
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np

from ..core.errors import DataError, UsageError

MEMORY = 1 << 30  # bytes of data beyond which it stays in its file
RESIDENT = 256 << 20  # bytes of mapped files that this process holds before it gives them back
CHUNK = 1 << 23  # values looked at together
_UNITS = {"": 1, "b": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40}
_UNITS |= {"kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
_NORESERVE = 0x4000 if sys.platform == "linux" else 0  # `mmap.MAP_NORESERVE` from Python 3.13 on
_STATM = Path("/proc/self/statm")
_OPEN: WeakKeyDictionary[mmap.mmap, int] = WeakKeyDictionary()  # and where it begins
_FLOOR = [0]  # bytes of files that this process holds in any case: its libraries


def size(text: str | int | None) -> int:
    """A number of bytes in words; None: 1 GiB.

    Raises:
        UsageError: For what is no size.

    Example:
        >>> size("2GiB"), size("1.5 MB"), size(4096), size(None) == 1 << 30
        (2147483648, 1500000, 4096, True)
    """
    if text is None:
        return MEMORY
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", str(text).lower())
    if found is None or found[2] not in _UNITS:
        raise UsageError(f"`memory` must be a number of bytes; got {text!r}. Pass memory='2GiB'.")
    return int(float(found[1]) * _UNITS[found[2]])


def mapped(path: Path) -> np.ndarray:
    """The array in a `.npy` file without reading it. Writing to it would not reach the file.

    Raises:
        DataError: If the system does not map the file.
        ValueError: For a file that is damaged or holds Python objects.
    """
    found = np.load(path, mmap_mode="r", allow_pickle=False)  # numpy reads the head and checks the length
    try:
        with path.open("rb") as file:
            memory = _map(file.fileno())
    except OSError as error:
        raise DataError(f"{path} cannot be mapped into memory: {error.strerror}. Copy it to a local disk.") from None
    return np.ndarray(found.shape, found.dtype, memory, found.offset, order="F" if np.isfortran(found) else "C")


def _map(handle: int) -> mmap.mmap:
    """A private mapping that one may write to without changing the file.

    torch takes no read-only memory without a warning, and Linux refuses numpy's mode "c" for files larger than the
    memory, because it reserves room for a copy of every page. Hence a private mapping without that reserve.
    """
    if sys.platform == "win32":
        memory = mmap.mmap(handle, 0, access=mmap.ACCESS_COPY)
    else:
        memory = mmap.mmap(handle, 0, mmap.MAP_PRIVATE | _NORESERVE, mmap.PROT_READ | mmap.PROT_WRITE)
    _OPEN[memory] = np.frombuffer(memory, np.uint8).ctypes.data
    _FLOOR[0] = _FLOOR[0] or _held()
    return memory


def blocks(x: np.ndarray) -> Iterator[np.ndarray]:
    """Rows of x in order, at most 8 million values at a time; pages of mapped files are given back on the way.

    Example:
        >>> [len(block) for block in blocks(np.zeros((5, 1 << 22)))]
        [2, 2, 1]
    """
    rows = max(1, CHUNK // max(1, x[:1].size))
    for start in range(0, len(x), rows):
        yield x[start : start + rows]
        ease()


def ease() -> None:
    """Give the pages of mapped files back to the system once they are more than 256 MiB of this process's memory."""
    if _OPEN and _held() > _FLOOR[0] + RESIDENT:
        for memory in list(_OPEN):
            memory.madvise(mmap.MADV_DONTNEED)
        _FLOOR[0] = _held()


def expect(address: int, length: int) -> None:
    """Ask the system to read a piece of a mapped file, which will be touched soon; it returns at once."""
    for memory, begin in list(_OPEN.items()):
        if begin <= address < begin + len(memory):
            start = (address - begin) // mmap.PAGESIZE * mmap.PAGESIZE
            memory.madvise(mmap.MADV_WILLNEED, start, min(address - begin + length, len(memory)) - start)


def _held() -> int:
    """Bytes of files in this process's memory; 0 where the system does not say."""
    try:
        return int(_STATM.read_bytes().split()[2]) * mmap.PAGESIZE
    except OSError:
        return 0
