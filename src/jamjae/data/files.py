"""Files and folders as a source. The first bytes of a file say what it is; its name does not matter."""

import unicodedata
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from ..core.errors import DataError
from . import folders, idx, npy, npz
from .raw import Raw
from .tables import load as tables
from .wish import Wish

NPY, ZIP = b"\x93NUMPY", b"PK"
_KINDS = "`.npy`, `.npz`, idx, idx.gz, CSV, Parquet, PNG, JPEG and WebP files"


def load(path: Path, wish: Wish = Wish()) -> Raw:
    """Examples in a file or a folder, with labels and splits where the source (or an idx file beside it) has them.

    Raises:
        DataError: If the file is missing (with the nearest names), unreadable, damaged or of another kind.
        UsageError: For an option that this kind of source does not know.
    """
    path = existing(path)
    start = b"" if path.is_dir() else _start(path)
    if path.is_dir() or folders.is_picture(start):
        return folders.load(path, wish)
    if tables.is_table(path, start):
        return tables.load(path, wish)
    if start.startswith((NPY, ZIP)):
        wish.only("missing")
        found = Raw(path.stem, npy.read(path)) if start.startswith(NPY) else npz.read(path)
        return replace(found, missing=wish.missing)
    wish.only()
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
    if path.is_dir():
        raise DataError(f"`labels` {path} is a folder; name a file in it: {', '.join(_listing(path)[:8])}.")
    return npy.read(path) if _start(path).startswith(NPY) else idx.read(path)


def existing(path: Path) -> Path:
    """The file or folder at that path.

    Names are compared as text, so a Korean name matches however its syllables are stored.
    """
    path = path.expanduser()
    if there := located(path):
        return there
    beside = _listing(path.parent)
    if not path.parent.is_dir():
        raise DataError(f"no file {path}: the folder {path.parent} does not exist.")
    near = get_close_matches(path.name, beside, n=3, cutoff=0.4) or beside[:5]
    raise DataError(f"no file {path}. In that folder: {', '.join(near) or 'nothing'}.")


def located(path: Path) -> Path | None:
    """The file or folder at that path, or one of the same name in another normal form; None if there is none."""
    if path.is_file() or path.is_dir():
        return path
    wanted = unicodedata.normalize("NFC", path.name)
    same = (path.with_name(n) for n in _listing(path.parent) if unicodedata.normalize("NFC", n) == wanted)
    return next((p for p in same if p.is_file() or p.is_dir()), None)


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
    if path.suffix.lower() == ".txt":
        return "If it is a table, call it .csv."
    return "Convert it: np.save('x.npy', array)."
