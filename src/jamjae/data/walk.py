"""Files below a folder as a source: which there are, in which order, what their labels are, what was skipped and why.

Names that begin with a dot are left out, and links are not followed. The order is that of the NFC-normalised paths.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import DataError, UsageError, require
from .names import legible

LISTED = 10  # skipped files that are named
LARGEST = 8 << 30  # bytes of all examples together
SPLITS = {"train", "training", "test", "testing", "val", "valid", "validation"}


class Unreadable(Exception):  # noqa: N818 - says why, as the errors of `core` do
    """Why a file cannot be read as what its name says, in a few words."""


@dataclass
class Found:
    """Files below a folder: those that may be examples, and those that were skipped with the reason."""

    root: Path
    files: list[Path]
    skipped: dict[Path, str]

    def denied(self, error: OSError) -> None:
        """Take down a folder that cannot be listed."""
        self.skipped[Path(error.filename)] = error.strerror or "cannot be listed"

    def text(self, path: Path) -> str:
        """A file's path below the folder in NFC, whatever the file system holds."""
        return legible(str(path.relative_to(self.root)))

    def said(self) -> str:
        """The skipped files and why, the first ten of them; empty where there are none."""
        if not self.skipped:
            return ""
        rows = sorted((self.text(path), reason) for path, reason in self.skipped.items())
        more = f", and {len(rows) - LISTED:,} more" if len(rows) > LISTED else ""
        files = "1 file" if len(rows) == 1 else f"{len(rows):,} files"
        return f"Skipped {files}: {', '.join(f'{name} ({why})' for name, why in rows[:LISTED])}{more}."


def find(path: Path, what: str, endings: tuple[str, ...], others: tuple[str, ...] = ()) -> Found:
    """A file, or every file below a folder whose name says that it is one, sorted.

    Arguments:
        path: The file or the folder.
        what: What they are, in words.
        endings: Those of their names.
        others: Endings of files that will be skipped, with the reason.

    Raises:
        DataError: If the folder has none of them.
    """
    if not path.is_dir():
        return Found(path.parent, [path], {})
    found = _walk(path, (*endings, *others))
    if not found.files and not found.skipped:
        inside = ", ".join(sorted(legible(p.name) for p in path.iterdir())[:8]) or "it is empty"
        raise DataError(f"{path} is a folder; name a file in it: {inside}. It holds no {what} ({', '.join(endings)}).")
    return found


def _walk(root: Path, endings: tuple[str, ...]) -> Found:
    found = Found(root, [], {})
    for here, folders, names in os.walk(root, onerror=found.denied):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in folders:
            if Path(here, name).is_symlink():  # `walk` does not enter it
                found.skipped[Path(here, name)] = "a link; links are not followed"
        for name in names:
            if not name.startswith(".") and name.lower().endswith(endings):
                _sort_out(found, Path(here, name))
    found.files.sort(key=lambda path: (found.text(path), str(path)))
    return found


def _sort_out(found: Found, path: Path) -> None:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        found.skipped[path] = "a link; links are not followed"
    elif not stat.S_ISREG(mode):  # opening a pipe would wait for ever
        found.skipped[path] = "no plain file"
    else:
        found.files.append(path)


def holds(path: Path, endings: tuple[str, ...]) -> bool:
    """Whether there is a file below a folder whose name ends so."""
    return any(name.lower().endswith(endings) for _, _, names in os.walk(path) for name in names)


def strictly(found: Found, strict: bool) -> None:
    """Refuse skipped files where that was wished."""
    if strict and found.skipped:
        raise DataError(f"{found.said()} Mend or remove them, or leave `strict` out.")


def affordable(size: int, what: str, remedy: str) -> None:
    """Refuse examples that take more than 8 GiB together."""
    if size > LARGEST:
        most = f"at most {LARGEST / 2**30:g} are held"
        raise DataError(f"{what} take {size / 2**30:,.0f} GiB; {most}. {remedy}")


def labels(found: Found, paths: list[Path], part: int | None) -> list[str | None] | None:
    """A label for each file: the name of its uppermost sub-folder, or a part of its own name; None where there is none.

    Arguments:
        found: The files.
        paths: Those that became examples.
        part: Which part of the name between underscores, from 1; None: sub-folders are the labels.

    Raises:
        UsageError: If no name has such a part.
    """
    if part is not None:
        return _parts(paths, part)
    if paths == [found.root / path.name for path in paths]:
        return None
    split = [path.relative_to(found.root).parts for path in paths]
    return [legible(p[0]) if len(p) > 1 else None for p in split]


def _parts(paths: list[Path], part: int) -> list[str | None]:
    require(part >= 1, "`labels_from_name` counts from 1", part, "Pass labels_from_name=1 for 7 in 7_george_0.wav.")
    names = [legible(path.stem).split("_") for path in paths]
    if all(len(name) < part for name in names):
        raise UsageError(f"`labels_from_name` is {part}, and no file name has that part: {legible(paths[0].name)}.")
    return [name[part - 1] if len(name) >= part else None for name in names]


def warned(labels: list[str | None] | None) -> Iterator[str]:
    """A note where the labels look like splits."""
    names = {label for label in labels or [] if label is not None}
    if names and {name.lower() for name in names} <= SPLITS:
        yield f"The labels are {', '.join(sorted(names))}: for classes inside them, name one of these folders."
