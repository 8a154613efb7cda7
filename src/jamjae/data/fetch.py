"""Published files: from the user's folder, from the cache, or from a mirror.

Downloads must match the published SHA-256; local files are taken as they are.
"""

import errno
import http.client
import os
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from urllib.error import HTTPError

from ..core.errors import DataError, DiskFull

TIMEOUT = 20.0  # seconds without an answer before the next mirror is tried
LARGEST = 1 << 28  # bytes; no published file comes near
_CHUNK = 1 << 18


def locate(name: str, file: str, digest: str, mirrors: Sequence[str], timeout: float = TIMEOUT) -> Path:
    """The file on this machine: $JAMJAE_DATA/name/, then the cache, then downloaded into the cache.

    Arguments:
        name: Name of the data set and of its folder.
        file: Name of the file; without `.gz` it is found, too.
        digest: SHA-256 that a download must have.
        mirrors: Addresses of folders, tried in this order.
        timeout: Seconds that a mirror may stay silent.

    Raises:
        DataError: If no mirror delivers; it names the mirrors and the ways out.
    """
    folders = [f / name for f in (own_folder(), cache_folder()) if f is not None]
    for folder in folders:
        for path in (folder / file, folder / file.removesuffix(".gz")):
            if path.is_file():
                return path
    return download(file, digest, mirrors, folders[-1], timeout)


def own_folder() -> Path | None:
    """The folder that JAMJAE_DATA names, if it is set."""
    value = os.environ.get("JAMJAE_DATA")
    if not value:
        return None
    folder = Path(value).expanduser()
    if not folder.is_dir():
        raise DataError(f"JAMJAE_DATA names {folder}, which is no folder. Correct it, or unset it.")
    return folder


def cache_folder() -> Path:
    """Where downloads and spools are kept: $JAMJAE_CACHE, $XDG_CACHE_HOME/jamjae, otherwise ~/.cache/jamjae."""
    own = os.environ.get("JAMJAE_CACHE")
    if own:
        return Path(own).expanduser()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path("~/.cache").expanduser()) / "jamjae"


def download(file: str, digest: str, mirrors: Sequence[str], folder: Path, timeout: float = TIMEOUT) -> Path:
    """Fetch a file from the first mirror that delivers it whole, into the folder."""
    failures = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for mirror in mirrors:
            failure = _attempt(mirror + file, digest, folder / file, timeout)
            if failure is None:
                return folder / file
            failures.append(f"  {mirror}{file}: {failure}")
    except OSError as error:  # of the disk: those of the network are `failure`
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(f"no room for {file} in {folder}. Make room, or set XDG_CACHE_HOME.") from None
        raise DataError(f"{folder} cannot be written: {error.strerror}. Set XDG_CACHE_HOME to another.") from None
    raise DataError(
        "\n".join([f"{file} could not be downloaded:", *failures])
        + f"\nPut the file into $JAMJAE_DATA/{folder.name}/ or {folder}, or use `digits`, which needs no download."
    )


class _MirrorError(Exception):
    """What went wrong with one mirror."""


def _attempt(address: str, digest: str, target: Path, timeout: float) -> str | None:
    """None if the file arrived whole; otherwise what went wrong with this mirror."""
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    found = sha256()
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in _chunks(address, timeout):
                found.update(chunk)
                out.write(chunk)
        if found.hexdigest() != digest:
            return f"SHA-256 is {found.hexdigest()[:12]}..., not {digest[:12]}..."
        Path(temporary).replace(target)  # atomic: other processes see no file, or the whole file
        return None
    except _MirrorError as failed:
        return str(failed)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _chunks(address: str, timeout: float) -> Iterator[bytes]:
    size = 0
    try:
        with urllib.request.urlopen(address, timeout=timeout) as response:
            while chunk := response.read(_CHUNK):
                size += len(chunk)
                if size > LARGEST:
                    raise _MirrorError(f"more than {LARGEST} bytes")
                yield chunk
    except HTTPError as error:
        raise _MirrorError(f"HTTP {error.code}") from None
    except (http.client.HTTPException, OSError, ValueError) as error:
        raise _MirrorError(str(getattr(error, "reason", error)) or type(error).__name__) from None
