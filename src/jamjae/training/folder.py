"""The run folder: numbered, never overwritten, found again by path, by name or as `last`.

runs/mnist-vae-001/  spec.json  weights.safetensors  result.json  checkpoints/  metrics.jsonl
                     evaluation.json  report.html  README.md
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..core.errors import Damaged, JamjaeError, UsageError, require, unknown
from ..core.files import read_json, translated

FORMAT = 1
SPEC = "spec.json"


def create(runs: Path, name: str) -> Path:
    """A new folder `name-001`, `name-002`, ... in `runs`.

    Raises:
        UsageError: If the name is not a plain folder name.
        JamjaeError: If the folder cannot be made.
    """
    require(
        bool(name) and name not in (".", "..") and not set(name) & set('/\\\0:*?"<>|'),
        "`name` must be a plain name",
        name,
    )
    with translated(runs / name, 0):
        runs.mkdir(parents=True, exist_ok=True)
        for number in range(_highest(runs, name) + 1, 1_000_000):
            folder = runs / f"{name}-{number:03d}"
            try:
                folder.mkdir()
            except FileExistsError:
                continue  # another process was faster
            return folder
    raise JamjaeError(f"{runs} is full of runs called {name}; choose another --name.")


def _highest(runs: Path, name: str) -> int:
    numbers = (re.fullmatch(re.escape(name) + r"-(\d{3,})", p.name) for p in runs.iterdir())
    return max((int(m[1]) for m in numbers if m), default=0)


def found(runs: Path) -> list[Path]:
    """The run folders in `runs`, oldest first."""
    folders = [p for p in runs.iterdir() if (p / SPEC).is_file()] if runs.is_dir() else []
    return sorted(folders, key=lambda p: ((p / SPEC).stat().st_mtime_ns, p.name))


def resolve(run: str | Path, runs: Path) -> Path:
    """A run's folder from a path, a name in `runs`, or `last`.

    Raises:
        UsageError: If there is none, with the nearest name.
    """
    for candidate in (Path(run), runs / run):
        if (candidate / SPEC).is_file():
            return candidate
    known = found(runs)
    if str(run) == "last" and known:
        return known[-1]
    if not known:
        raise UsageError(f"there is no run {str(run)!r}: {runs} holds none. Start with `jamjae fit vae digits`.")
    raise unknown("run", str(run), [p.name for p in known])


def read_spec(folder: Path) -> dict[str, Any]:
    """The spec of a run.

    Raises:
        Damaged: If it cannot be read or has another format.
    """
    spec = read_json(folder / SPEC)
    if not isinstance(spec, dict) or "format" not in spec:
        raise Damaged(f"{folder / SPEC} is not the spec of a run.")
    if spec["format"] != FORMAT:
        raise Damaged(
            f"{folder} has format {spec['format']}, written by jamjae {spec.get('jamjae', '?')}; this version reads "
            f"format {FORMAT}. Install that version to use the run."
        )
    return spec


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the run's lock; the system drops it when the process dies, however it dies.

    Raises:
        UsageError: If another process trains in the folder.
    """
    path = folder / "lock"
    with translated(path, 0):
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _lock(handle):
            raise UsageError(f"another process is training in {folder}; wait for it or stop it.")
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
