"""numpy's own files. Pickle is never read: it can run any program."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from ..core.errors import DataError


def read(path: Path) -> np.ndarray:
    """The array in a `.npy` file."""
    with _explained(path.name):
        return np.load(path, allow_pickle=False)


@contextmanager
def opened(path: Path) -> Iterator[np.lib.npyio.NpzFile]:
    """An open `.npz` file; its arrays are read when they are asked for."""
    with _explained(path.name):
        file = np.load(path, allow_pickle=False)
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
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error, MemoryError, OSError, NotImplementedError) as error:
        if "pickle" in str(error).lower() and "object" in str(error).lower():
            raise DataError(
                f"{name} holds Python objects, and pickle is never read: it can run any program. "
                "Save plain numbers instead, e.g. np.save(path, x.astype('float32'))."
            ) from None
        reason = str(error) or type(error).__name__
        raise DataError(f"{name} is damaged or cut short: {reason}. Copy it again.") from None
