"""numpy's own files. Pickle is never read: it can run any program."""

import math
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tokenize import TokenError
from typing import IO

import numpy as np

from ..core.errors import DataError
from .archives import check_zip
from .pages import MEMORY, mapped
from .raw import Raw
from .spool import Spool

_DAMAGE = (  # what numpy's and Python's parsers raise on damaged bytes
    ArithmeticError,
    EOFError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OSError,
    SyntaxError,
    TokenError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def load(path: Path, memory: int) -> Raw:
    """The examples in a `.npy` file; those of a file of more than so many bytes stay in it."""
    if path.stat().st_size <= memory:
        return Raw(path.stem, read(path))
    with explained(path.name):
        x = mapped(path)
    note = f"The file has {x.nbytes:,} bytes: it is mapped, not read into memory, and must not change meanwhile."
    return Raw(path.stem, x, spool=Spool.of(path.stem, [path]), notes=(note,))


def read(path: Path) -> np.ndarray:
    """The array in a `.npy` file."""
    with path.open("rb") as file, explained(path.name):
        check_head(file, path.stat().st_size)
        file.seek(0)
        array: np.ndarray = np.load(file, allow_pickle=False)
    return array


def check_head(file: IO[bytes], size: int) -> None:
    """Refuse an array whose head claims more values than so many bytes hold: room is made for them first.

    Raises:
        ValueError: With what it claims.
    """
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(file)
    claimed = math.prod(shape) * dtype.itemsize
    if not dtype.hasobject and claimed > size - file.tell():
        raise ValueError(f"its head claims {claimed:,} bytes of values")


@contextmanager
def opened(path: Path, memory: int = MEMORY) -> Iterator[np.lib.npyio.NpzFile]:
    """An open `.npz` file of at most so many bytes of arrays; they are read when they are asked for."""
    with explained(path.name):
        check_zip(path, memory)
    with path.open("rb") as handle:  # numpy leaves it open when the file is damaged
        with explained(path.name):
            file = np.load(handle, allow_pickle=False)
        with file:
            yield file


def member(file: np.lib.npyio.NpzFile, key: str, name: str) -> np.ndarray:
    """One array of an open `.npz` file."""
    with explained(f"{key!r} in {name}"):
        entry, archive = f"{key}.npy", file.zip
        if archive is not None and entry in archive.namelist():
            with archive.open(entry) as packed:
                check_head(packed, archive.getinfo(entry).file_size)
        array = file[key]
    if not isinstance(array, np.ndarray):
        raise DataError(f"{key!r} in {name} is no array.")
    return array


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Say in plain words what is wrong with damaged bytes."""
    try:
        yield
    except _DAMAGE as error:
        if "python objects" in str(error).lower() or "pickle" in str(error).lower():
            raise DataError(
                f"{name} holds Python objects, and pickle is never read: it can run any program. "
                "Save plain numbers instead, e.g. np.save(path, x.astype('float32'))."
            ) from None
        reason = str(error) or type(error).__name__
        raise DataError(f"{name} is damaged or cut short: {reason}. Copy it again.") from None
