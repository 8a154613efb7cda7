"""The spool: data that is larger than memory, written once into a file of plain numbers that is mapped from then on.

A source gives blocks of examples; the spool writes them one after the other as `x.npy` (and `y.npy`) into a folder of
the cache, whose name follows from the files and how they are read. Next time they are there already. When the files
have changed, they are written again. Nothing is ever removed from the cache but what is written anew: every spool is a
folder of its own in JAMJAE_CACHE/spools, which may be deleted at any time.
"""

import errno
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from ..core.errors import Damaged, DataError, DiskFull
from ..core.files import TEMPORARY, read_json, sync, write_json
from .fetch import cache_folder
from .pages import mapped

FORMAT = 1
SPARE = 64 << 20  # bytes of the disk that are left free
Block = tuple[np.ndarray, np.ndarray | None]


@dataclass(frozen=True)
class Stream:
    """Examples in blocks.

    Arguments:
        rows: How many examples there are.
        shape: Of one example.
        dtype: Of its values.
        blocks: Begins to read: pairs of examples (b, *shape) and their labels (b,), None where there are none.
        notes: What was noticed while reading, asked for at the end.
    """

    rows: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    blocks: Callable[[], Iterable[Block]]
    notes: Callable[[], tuple[str, ...]] = tuple

    @property
    def bytes(self) -> int:
        """Of all examples."""
        return self.rows * int(np.prod(self.shape, dtype=np.int64)) * np.dtype(self.dtype).itemsize


@dataclass(frozen=True)
class Kept:
    """What a stream held: examples (n, ...), labels (n,) or None, and notes."""

    x: np.ndarray
    y: np.ndarray | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Spool:
    """Where a source's examples are kept.

    Arguments:
        name: Begins the name of the folder.
        reading: The source's path and all that decides how it is read.
        stamp: Size and time of change of its files.
    """

    name: str
    reading: str
    stamp: str

    @classmethod
    def of(cls, name: str, paths: Iterable[Path], *reading: object) -> "Spool":
        """The spool of some files read in some way."""
        paths = [path.resolve() for path in paths]
        stats = [path.stat() for path in paths]
        stamp = sha256(repr([(s.st_size, s.st_mtime_ns) for s in stats]).encode()).hexdigest()
        return cls(name, f"{[str(path) for path in paths]} {reading}", stamp)

    def named(self, more: str) -> "Spool":
        """The spool of the same source for something else made of it."""
        return replace(self, reading=f"{self.reading} {more}")

    @property
    def folder(self) -> Path:
        """Where it lies."""
        stem = "".join(c if c.isalnum() or c in "-_" else "-" for c in self.name)[:40]
        return cache_folder() / "spools" / f"{stem}-{sha256(self.reading.encode()).hexdigest()[:16]}"

    def keep(self, stream: Stream) -> Kept:
        """The examples, mapped; written first where they are not there yet.

        Raises:
            DiskFull: Before anything is written, if there is no room; it says how much is needed.
            DataError: If the cache cannot be written, or the source does not hold what it says.
        """
        found = self._found(stream)
        if found is None:
            self._write(stream)
            found = self._found(stream)
        if found is None:
            raise DataError(f"{self.folder} was changed while it was being read. Start again.")
        return found

    def _found(self, stream: Stream) -> Kept | None:
        """What lies there, if it is of these files and whole."""
        try:
            about = read_json(self.folder / "about.json")
            if (about["format"], about["stamp"]) != (FORMAT, self.stamp):
                return None
            x = mapped(self.folder / "x.npy")
            y = np.load(self.folder / "y.npy", allow_pickle=False) if about["labels"] else None
        except (Damaged, OSError, ValueError, KeyError, TypeError):
            return None
        if (x.shape, x.dtype) != ((stream.rows, *stream.shape), stream.dtype):
            return None
        return Kept(x, y, (*about["notes"], f"Kept as {x.dtype} in {self.folder} ({x.nbytes:,} bytes), and mapped."))

    def _write(self, stream: Stream) -> None:
        folder = self.folder
        temporary = folder.with_name(f"{TEMPORARY}{os.getpid()}-{folder.name}")
        with _explained(folder, stream.bytes):
            folder.parent.mkdir(parents=True, exist_ok=True)
            _sweep(folder)
            _room(folder, stream.bytes)
            try:
                temporary.mkdir()
                y = _examples(temporary / "x.npy", stream)
                if y is not None:
                    np.save(temporary / "y.npy", y, allow_pickle=False)
                about = {"format": FORMAT, "stamp": self.stamp, "reading": self.reading, "labels": y is not None}
                write_json(temporary / "about.json", {**about, "notes": list(stream.notes())})
                _flush(temporary)
                _place(temporary, folder)
            except BaseException:
                shutil.rmtree(temporary, ignore_errors=True)
                raise
            sync(folder.parent)


def _place(temporary: Path, folder: Path) -> None:
    """Give the folder its name; what lies there was made of other files."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        temporary.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        shutil.rmtree(temporary)  # another process was faster; what it wrote is looked at before it is used


def gathered(stream: Stream, spool: Spool, memory: int) -> tuple[Kept, Spool | None]:
    """The examples in memory if they take at most so many bytes, otherwise in the spool, which is then returned."""
    if stream.bytes > memory:
        return spool.keep(stream), spool
    x = np.empty((stream.rows, *stream.shape), stream.dtype)
    labels, at = [], 0
    for block, y in stream.blocks():
        x[at : at + len(block)] = block
        labels.append(y)
        at += len(block)
    _whole(at, stream)
    return Kept(x, joined(labels), stream.notes()), None


def joined(labels: list[np.ndarray | None]) -> np.ndarray | None:
    """The labels of all blocks, (n,); None where there are none."""
    known = [y for y in labels if y is not None]
    return np.concatenate(known) if known else None


def _examples(path: Path, stream: Stream) -> np.ndarray | None:
    """Write the examples one block after the other; their labels."""
    labels, at = [], 0
    dtype, shape = np.dtype(stream.dtype), (stream.rows, *stream.shape)
    with path.open("wb") as file:
        head = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_2_0(file, head)
        for block, y in stream.blocks():
            file.write(np.ascontiguousarray(block, dtype).reshape(-1).view(np.uint8).data)
            labels.append(y)
            at += len(block)
    _whole(at, stream)
    return joined(labels)


def _whole(rows: int, stream: Stream) -> None:
    if rows != stream.rows:
        raise DataError(f"the source says that it has {stream.rows:,} rows, and gave {rows:,}. Copy it again.")


def _flush(folder: Path) -> None:
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    sync(folder)


def _room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder.parent).free
    if needed + SPARE > free:
        raise _full(folder, needed, free)


def _full(folder: Path, needed: int, free: int) -> DiskFull:
    return DiskFull(
        f"no room to keep the data in {folder.parent}: {needed:,} bytes are needed, {free:,} are free. Delete spools "
        "that you need no more, or set JAMJAE_CACHE to a folder on a larger disk."
    )


@contextmanager
def _explained(folder: Path, needed: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full(folder, needed, shutil.disk_usage(folder.parent).free) from None
        raise DataError(
            f"{folder} cannot be written: {error.strerror or error}. Set JAMJAE_CACHE to a folder of yours."
        ) from None


def _sweep(folder: Path) -> None:
    """Remove what killed writers of this spool left."""
    for orphan in folder.parent.glob(f"{TEMPORARY}*-{folder.name}"):
        writer = orphan.name.removeprefix(TEMPORARY).split("-")[0]
        if writer.isdigit() and not _lives(int(writer)):
            shutil.rmtree(orphan, ignore_errors=True)


def _lives(process: int) -> bool:
    if os.name != "posix":  # elsewhere the question ends the process
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True
