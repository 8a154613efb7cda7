"""Archives from strangers: looked at before anything in them is used. Nothing is ever unpacked to the disk.

What is refused, in `.npz` files (which are zip archives) and in tar shards alike: names that leave the folder or stand
twice, links and devices, archives in archives, encryption, and sizes that memory or patience cannot hold.
"""

import stat
import struct
import tarfile
import zipfile
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from io import BufferedReader, FileIO
from pathlib import Path, PurePosixPath

import numpy as np

from ..core.errors import DataError

LISTING = 1 << 20  # bytes of a zip archive's table of contents: more than 10,000 entries
MEMBER = 256 << 20  # bytes of one member of a shard
NESTED = (".zip", ".npz", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".7z", ".rar")


def check_zip(path: Path, memory: int) -> None:
    """Refuse a zip archive that is no plain set of arrays, before it is opened.

    Raises:
        DataError: With the entry and the remedy.
    """
    listing = _listing(path)
    if listing > LISTING:
        raise DataError(
            f"{path.name} lists its entries on {listing:,} bytes; at most {LISTING:,} are read. Join the arrays: "
            "np.savez(path, x=examples, y=labels)."
        )
    with zipfile.ZipFile(path) as file:
        entries = file.infolist()
    seen: set[str] = set()
    for entry in entries:
        if entry.flag_bits & 1:
            raise _refused(entry.filename, path, "is encrypted", "Save it again without a password.")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise _refused(entry.filename, path, "is a link", "Save the array itself.")
        _check_name(entry.filename, path)
        if entry.filename in seen:
            raise _refused(entry.filename, path, "stands twice", "Keep one of them.")
        seen.add(entry.filename)
    whole = sum(entry.file_size for entry in entries)
    if whole > memory:
        raise DataError(
            f"{path.name} has {path.stat().st_size:,} bytes and unpacks to {whole:,}, most of it "
            f"{max(entries, key=lambda e: e.file_size).filename!r}; at most {memory:,} are held. If you trust it, pass "
            f"memory='{-(-whole >> 30)}GiB', or save each array as .npy, which is mapped."
        )


def _listing(path: Path) -> int:
    """Bytes of the table of contents, as the end of the archive states it; 0 if there is no end."""
    with path.open("rb") as file:
        end = file.seek(0, 2)
        file.seek(max(0, end - (1 << 16) - 22 - 76))
        tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) < at + 22:
        return 0
    size = int(struct.unpack_from("<L", tail, at + 12)[0])
    wide = tail.rfind(b"PK\6\6", 0, at)  # the record of an archive with more entries than 16 bits count
    return max(0 if size == 0xFFFFFFFF else size, struct.unpack_from("<Q", tail, wide + 40)[0] if wide >= 0 else 0)


def members(path: Path) -> Iterator[tuple[str, tarfile.TarInfo, tarfile.TarFile]]:
    """The plain files of a tar archive in their order, each with the open archive to read it from.

    Raises:
        DataError: For anything else than plain files and folders, with the entry and the remedy.
    """
    with _explained(path), _Capped(FileIO(path)) as file, tarfile.open(fileobj=file, mode="r:") as archive:
        while (entry := archive.next()) is not None:
            archive.members.clear()  # type: ignore[attr-defined]  # otherwise it remembers every entry
            _check_member(entry, path)
            if entry.isreg():
                yield entry.name, entry, archive
        file.seek(archive.offset)
        if file.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):  # `tarfile` takes any nonsense for the end
            raise tarfile.ReadError(f"no head of an entry at byte {archive.offset:,}")


def check_names(path: Path) -> int:
    """Go through a tar archive once; how many plain files it has.

    Raises:
        DataError: For an entry that is refused, or that stands twice: who reads one and who reads the other would see
            different data.
    """
    found = array("q")
    for name, _, _ in members(path):
        found.append(_number(name))
    numbers = np.frombuffer(found, np.int64) if found else np.zeros(0, np.int64)
    distinct, counts = np.unique(numbers, return_counts=True)
    twice = set(distinct[counts > 1].tolist())
    for name, _, _ in members(path) if twice else ():
        if _number(name) in twice:
            raise _refused(name, path, "stands twice", "Keep one of them.")
    return len(numbers)


def content(path: Path, entry: tarfile.TarInfo, archive: tarfile.TarFile) -> bytes:
    """The bytes of a member."""
    with _explained(path):
        file = archive.extractfile(entry)
        assert file is not None
        found = file.read()
    if len(found) != entry.size:
        raise DataError(f"{path.name} is cut short in {entry.name!r}. Copy it again.")
    return found


class _Capped(BufferedReader):
    """A file that is never read in one piece larger than a member may be: a head may claim any size of a name."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MEMBER:
            raise tarfile.ReadError(f"it asks for {size:,} bytes at once")
        return super().read(size)


def _check_member(entry: tarfile.TarInfo, path: Path) -> None:
    if entry.issym() or entry.islnk():
        raise _refused(entry.name, path, "is a link", "Pack the file itself (tar --dereference).")
    if not (entry.isreg() or entry.isdir()):
        raise _refused(entry.name, path, "is no plain file", "Leave devices and pipes out.")
    if entry.sparse is not None:
        raise _refused(entry.name, path, "is sparse", "Pack it without --sparse.")
    if entry.size > MEMBER:
        what = f"has {entry.size:,} bytes; at most {MEMBER:,} are read"
        raise _refused(entry.name, path, what, "Pack smaller examples.")
    _check_name(entry.name, path)


def _check_name(name: str, path: Path) -> None:
    plain = name.replace("\\", "/")
    if plain.startswith("/") or plain[1:2] == ":":
        raise _refused(name, path, "has an absolute path", "Pack it with a relative one.")
    if ".." in PurePosixPath(plain).parts:
        raise _refused(name, path, "leaves its folder by '..'", "Pack it from inside its folder.")
    if plain.lower().endswith(NESTED):
        raise _refused(name, path, "is an archive in an archive", "Unpack it and pack its files.")


def _refused(name: str, path: Path, what: str, remedy: str) -> DataError:
    return DataError(f"the entry {name[:200]!r} of {path.name} {what}: refused. {remedy}")


def _number(name: str) -> int:
    return int.from_bytes(
        blake2b(name.encode("utf-8", "surrogateescape"), digest_size=8).digest(), "little", signed=True
    )


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, OSError, UnicodeError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        reason = " ".join(str(error).split())[:120]
        raise DataError(
            f"{path.name} is no plain tar archive, or damaged: {reason}. Compressed ones are not read (a small file "
            "can hold any size): unpack .tar.gz to .tar, and copy a damaged one again."
        ) from None
