"""Files and folders as a source. The first bytes of a file say what it is; its name does not matter."""

import unicodedata
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from ..core.errors import DataError
from . import folders, hub, idx, npy, npz, parquet, recordings, series, shards, texts, walk
from .pages import size
from .raw import Raw
from .sound import is_sound
from .tables import load as tables
from .tables import streamed
from .wish import Wish

NPY, ZIP = b"\x93NUMPY", b"PK"
_KINDS = "`.npy`, `.npz`, idx, idx.gz, CSV, Parquet, tar, .txt, PNG, JPEG, WebP, WAV and FLAC files"


def load(path: Path, wish: Wish = Wish()) -> Raw:
    """Examples in a file or a folder, with labels and splits where the source (or an idx file beside it) has them.

    Raises:
        DataError: If the file is missing (with the nearest names), unreadable, damaged or of another kind.
        UsageError: For an option that this kind of source does not know.
    """
    path = existing(path)
    start = b"" if path.is_dir() else _start(path)
    if wish.text is not None:
        return texts.column(path, wish)
    if path.suffix.lower() == texts.ENDING or (path.is_dir() and _texts_only(path)):
        return texts.folder(path, wish) if path.is_dir() else texts.lines(path, wish)
    if _recorded(path, start, wish):
        return recordings.load(path, wish)
    if path.is_dir():
        return _folder(path, wish)
    if folders.is_picture(start):
        return folders.load(path, wish)
    if path.suffix == ".tar":
        return shards.load([path], path.stem, wish)
    if start.startswith((NPY, ZIP)):
        memory = size(wish.memory)
        raw = npz.read(path, memory) if start.startswith(ZIP) else npy.load(path, memory)
        return formed(raw, wish, "memory")
    if tables.is_table(path, start):
        return _table(path, start, wish)
    wish.only()
    if idx.is_idx(start[:4]) or start.startswith(idx.GZIP):
        beside = idx.labels_beside(path)
        return Raw(path.name.split(".")[0], idx.read(path), y=None if beside is None else idx.read(beside))
    begin = f"it starts with {start[:4].hex(' ')}" if start else "it is empty"
    raise DataError(f"{path.name} is none of {_KINDS}: {begin}. {_advice(path)}")


def _folder(path: Path, wish: Wish) -> Raw:
    """What a folder holds: a data set of a hub's library, shards, Parquet files, or pictures."""
    if hub.is_saved(path):
        return hub.load(f"{hub.SCHEME}{path}", wish)
    if tars := shards.parts(path):
        return shards.load(tars, path.resolve().name, wish)
    return streamed.load(path, wish) if parquet.parts(path) else folders.load(path, wish)


def _table(path: Path, start: bytes, wish: Wish) -> Raw:
    if series.wished(wish):
        return series.load(path, wish)
    return streamed.load(path, wish) if streamed.is_large(path, start, wish) else tables.load(path, wish)


def formed(raw: Raw, wish: Wish, *known: str) -> Raw:
    """What an array holds, read as wished; `known` are further options of its source."""
    if recordings.wished(wish):
        return recordings.of_array(raw, wish)
    if series.wished(wish):
        return series.shaped(raw, wish)
    wish.only(*known, "missing")
    return replace(raw, missing=wish.missing)


def _recorded(path: Path, start: bytes, wish: Wish) -> bool:
    """Whether a file is a recording, or a folder is to be read as recordings: one with pictures only if asked."""
    if not path.is_dir():
        return is_sound(start) or (path.suffix.lower() in recordings.ENDINGS and not folders.is_picture(start))
    asked = recordings.wished(wish)
    return asked or (not walk.holds(path, folders.ENDINGS) and walk.holds(path, recordings.ENDINGS))


def _texts_only(path: Path) -> bool:
    """Whether a folder holds text files, and no picture."""
    return bool(texts.inside(path)) and not any(p.suffix.lower() in folders.ENDINGS for p in path.rglob("*"))


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
            return file.read(12)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None


def _advice(path: Path) -> str:
    return "Convert it: np.save('x.npy', array)."
