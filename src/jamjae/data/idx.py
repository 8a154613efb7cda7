"""The idx format of the MNIST files, plain or gzipped.

    bytes 0, 1   zero
    byte  2      type: 0x08 uint8, 0x09 int8, 0x0B int16, 0x0C int32, 0x0D float32, 0x0E float64
    byte  3      number of axes
    then         one big-endian uint32 per axis, and the values, big-endian, last axis fastest

Reference:
    LeCun, Cortes and Burges (1998), The MNIST database of handwritten digits. http://yann.lecun.com/exdb/mnist/
"""

import gzip
import math
import re
import struct
import zlib
from pathlib import Path

import numpy as np

from ..core.errors import DataError

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
GZIP = b"\x1f\x8b"


def is_idx(start: bytes) -> bool:
    """Whether the first four bytes are those of an idx file."""
    return len(start) == 4 and start[:2] == b"\0\0" and start[2] in TYPES and 1 <= start[3] <= 8


def read(path: Path) -> np.ndarray:
    """The array in an idx file, in native byte order; it may be read-only.

    Raises:
        DataError: If the file is no idx file, is cut short or has bytes to spare.
    """
    content = _content(path)
    if not is_idx(content[:4]):
        raise DataError(f"{path.name} is no idx file: it starts with {content[:4].hex(' ') or 'nothing'}.")
    start, dtype = 4 + 4 * content[3], np.dtype(TYPES[content[2]])
    shape = struct.unpack_from(f">{content[3]}I", content.ljust(start, b"\0"), 4)
    expected = start + math.prod(shape) * dtype.itemsize
    if len(content) != expected:
        kind = "cut short" if len(content) < expected else "too long"
        sizes = f"{len(content)} bytes, shape {shape} needs {expected}"
        raise DataError(f"{path.name} is {kind}: {sizes}. Copy it again.")
    values = np.frombuffer(content, dtype, offset=start).reshape(shape)
    return values.astype(dtype.newbyteorder("="), copy=False)


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        zipped = file.read(2) == GZIP
    try:
        if not zipped:
            return path.read_bytes()
        with gzip.open(path) as file:
            return file.read()
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path.name} is damaged or cut short: {error}. Copy it again.") from None


def labels_beside(path: Path) -> Path | None:
    """The label file that goes with an image file by name, if there is one.

    `train-images-idx3-ubyte.gz` goes with `train-labels-idx1-ubyte.gz` or `train-labels-idx1-ubyte`.
    """
    if "images" not in path.name:
        return None
    name = re.sub(r"idx\d", "idx1", path.name.replace("images", "labels"))
    plain = name.removesuffix(".gz")
    candidates = (path.with_name(n) for n in (name, plain, plain + ".gz"))
    return next((p for p in candidates if p.is_file()), None)
