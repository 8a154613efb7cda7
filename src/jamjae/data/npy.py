"""numpy's own files. Pickle is never read: it can run any program."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tokenize import TokenError

import numpy as np

from ..core.errors import DataError

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


def read(path: Path) -> np.ndarray:
    """The array in a `.npy` file."""
    with path.open("rb") as file, _explained(path.name):
        array: np.ndarray = np.load(file, allow_pickle=False)
    return array


@contextmanager
def opened(path: Path) -> Iterator[np.lib.npyio.NpzFile]:
    """An open `.npz` file; its arrays are read when they are asked for."""
    with path.open("rb") as handle:  # numpy leaves it open when the file is damaged
        with _explained(path.name):
            file = np.load(handle, allow_pickle=False)
        with file:
            yield file


def member(file: np.lib.npyio.NpzFile, key: str, name: str) -> np.ndarray:
    """One array of an open `.npz` file."""
    with _explained(f"{key!r} in {name}"):
        array = file[key]
    if not isinstance(array, np.ndarray):
        raise DataError(f"{key!r} in {name} is no array.")
    return array


@contextmanager
def _explained(name: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        if "pickle" in str(error).lower() and "object" in str(error).lower():
            raise DataError(
                f"{name} holds Python objects, and pickle is never read: it can run any program. "
                "Save plain numbers instead, e.g. np.save(path, x.astype('float32'))."
            ) from None
        reason = str(error) or type(error).__name__
        raise DataError(f"{name} is damaged or cut short: {reason}. Copy it again.") from None
