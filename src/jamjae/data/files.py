"""Files as a source. The first bytes of a file say what it is; its name does not matter."""

import unicodedata
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from ..core.errors import DataError
from . import idx, npy, npz
from .raw import Raw

NPY, ZIP = b"\x93NUMPY", b"PK"
_KINDS = "`.npy`, `.npz`, idx and idx.gz files"


def load(path: Path) -> Raw:
    """Examples in a file, with labels and splits where the file (or an idx file beside it) has them.

    Raises:
        DataError: If the file is missing (with the nearest names), unreadable, damaged or of another kind.
    """
    path = existing(path)
    start = _start(path)
    if start.startswith(NPY):
        return Raw(path.stem, npy.read(path))
    if start.startswith(ZIP):
        return npz.read(path)
    if idx.is_idx(start[:4]) or start.startswith(idx.GZIP):
        beside = idx.labels_beside(path)
        return Raw(path.name.split(".")[0], idx.read(path), y=None if beside is None else idx.read(beside))
    begin = f"it starts with {start[:4].hex(' ')}" if start else "it is empty"
    raise DataError(f"{path.name} is none of {_KINDS}: {begin}. {_advice(path)}")


def labels(name: str | Path, source: Any) -> np.ndarray:
    """Labels by name: a key of the `.npz` source, or else a `.npy` or idx file."""
    if isinstance(source, (str, Path)) and Path(source).expanduser().is_file():
        path = existing(Path(source))
        if _start(path).startswith(ZIP):
            with npy.opened(path) as file:
                if name in file.files:
                    return npy.member(file, str(name), path.name)
    path = existing(Path(name))
    return npy.read(path) if _start(path).startswith(NPY) else idx.read(path)


def existing(path: Path) -> Path:
    """The file at that path; names are compared as text, so a Korean name matches however its syllables are stored."""
    path = path.expanduser()
    if path.is_file():
        return path
    beside = _listing(path.parent)
    if path.is_dir():
        raise DataError(f"{path} is a folder; name a file in it: {', '.join(_listing(path)[:8]) or 'it is empty'}.")
    same = [n for n in beside if unicodedata.normalize("NFC", n) == unicodedata.normalize("NFC", path.name)]
    if same and path.with_name(same[0]).is_file():
        return path.with_name(same[0])
    if not path.parent.is_dir():
        raise DataError(f"no file {path}: the folder {path.parent} does not exist.")
    near = get_close_matches(path.name, beside, n=3, cutoff=0.4) or beside[:5]
    raise DataError(f"no file {path}. In that folder: {', '.join(near) or 'nothing'}.")


def _listing(folder: Path) -> list[str]:
    try:
        return sorted(p.name for p in folder.iterdir())
    except OSError:  # not a folder, or not ours to list
        return []


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(8)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None


def _advice(path: Path) -> str:
    if path.suffix in (".csv", ".tsv", ".txt"):
        return "For a table of numbers: np.save('x.npy', np.loadtxt(path, delimiter=','))."
    return "Convert it: np.save('x.npy', array)."
