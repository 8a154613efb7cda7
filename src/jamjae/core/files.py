"""Writes that cannot lose anything: temporary sibling, fsync, rename, fsync of the folder; and SHA-256."""

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from .errors import Damaged, DiskFull, JamjaeError

TEMPORARY = ".tmp-"


def write_bytes(path: Path, content: bytes) -> None:
    """Replace `path` by `content`, or leave it as it was.

    Raises:
        DiskFull: If there is no room (says how many bytes are needed and free).
        JamjaeError: If the folder cannot be written.
    """
    temporary = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")
    with translated(path, len(content)):
        try:
            _write(temporary, content)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync(path.parent)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write_folder(path: Path, contents: dict[str, bytes]) -> None:
    """Make the folder `path` with these files appear at once; it must not exist."""
    temporary = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")
    with translated(path, sum(map(len, contents.values()))):
        try:
            temporary.mkdir(parents=True)
            for name, content in contents.items():
                _write(temporary / name, content)
            sync(temporary)
            temporary.rename(path)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        sync(path.parent)


def write_json(path: Path, value: Any) -> None:
    """Replace `path` by the value as strict JSON (no NaN, no infinity)."""
    write_bytes(path, json_bytes(value))


def json_bytes(value: Any) -> bytes:
    """The value as strict JSON, as files hold it."""
    return (json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def read_json(path: Path) -> Any:
    """Strict JSON from a file.

    Raises:
        Damaged: If the file cannot be read or is not strict JSON.
    """
    try:
        return json.loads(path.read_bytes(), parse_constant=_refuse, object_pairs_hook=_unique)
    except (OSError, ValueError, RecursionError) as error:
        raise Damaged(f"{path} cannot be read: {error}") from None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [k for k, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a key stands twice")
    return dict(pairs)


def sync(folder: Path) -> None:
    """Flush a folder's entries to the disk, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        h = sha256()
        while block := file.read(1 << 20):
            h.update(block)
    return h.hexdigest()


def sweep(folder: Path) -> None:
    """Remove the temporaries of killed writers."""
    for orphan in folder.glob(f"{TEMPORARY}*"):
        shutil.rmtree(orphan) if orphan.is_dir() else orphan.unlink()


@contextmanager
def translated(path: Path, size: int) -> Iterator[None]:
    """Say in plain words why a write failed."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"no room to write {path}: {size:,} bytes are needed, {free(path.parent):,} are free. "
                "What was saved before is untouched; free some space and go on with `jamjae resume`."
            ) from None
        raise JamjaeError(
            f"cannot write {path}: {error.strerror or error}. Choose a folder you may write to with --runs DIR."
        ) from None


def free(folder: Path) -> int:
    """Free bytes on the disk that holds a folder, which need not exist yet."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
