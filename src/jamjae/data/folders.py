"""Folders of pictures, and single picture files, as a source.

Every `.png`, `.jpg`, `.jpeg` and `.webp` file below the folder, however deep, is an example, in the order of its
NFC-normalised path. Where there are sub-folders, the names of the uppermost ones are the labels; pictures beside them
have none. Names that begin with a dot are left out, and links are not followed. Pictures of other kinds, and files that
cannot be read, are skipped; the notes list them.
"""

import os
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..core.errors import DataError, require
from ..core.event import Event
from .picture import MODES, STARTS, Frame, Head, Unreadable, decode, head
from .raw import Raw
from .wish import Wish

ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
OTHERS = (".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif", ".jfif", ".jp2", ".apng")  # said, not passed over
LISTED = 10  # skipped files that are named
LARGEST = 8 << 30  # bytes of all pictures together
SPLITS = {"train", "training", "test", "testing", "val", "valid", "validation"}


@dataclass
class Found:
    """Files below a folder: those that may be pictures, and those that were skipped with the reason."""

    root: Path
    files: list[Path]
    skipped: dict[Path, str]

    def denied(self, error: OSError) -> None:
        """Take down a folder that cannot be listed."""
        self.skipped[Path(error.filename)] = error.strerror or "cannot be listed"

    def text(self, path: Path) -> str:
        """A file's path below the folder in NFC, whatever the file system holds."""
        return _text(str(path.relative_to(self.root)))


def is_picture(start: bytes) -> bool:
    """Whether a file that begins so may be a picture."""
    return start.startswith(STARTS)


def load(path: Path, wish: Wish = Wish()) -> Raw:
    """The pictures below a folder, or in one file: uint8 (n, height, width, channels), labels, notes.

    Raises:
        DataError: If no picture can be read, if `strict` and one cannot, or if they take more than 8 GiB.
        UsageError: For a `size` that is no positive number.
    """
    wish.only("size", "strict")
    if wish.size is not None:
        require(wish.size >= 1, "`size` must be at least 1 pixel", wish.size, "Pass size=64.")
    found = _walk(path) if path.is_dir() else Found(path.parent, [path], {})
    if not found.files and not found.skipped:
        inside = ", ".join(sorted(_text(p.name) for p in path.iterdir())[:8]) or "it is empty"
        raise DataError(
            f"{path} is a folder; name a file in it: {inside}. It holds no pictures ({', '.join(ENDINGS)})."
        )
    heads = _heads(found)
    x, done = _decoded(found, heads, wish)
    notes = _notes(found, x.shape, done)
    if wish.strict and found.skipped:
        raise DataError(f"{_skipped(found)} Mend or remove them, or leave `strict` out.")
    y = _labels(found, list(heads)) if path.is_dir() else None
    event = Event(x.shape[1:], "image", 0.0, 1.0, grid=256)
    name = path.resolve().name if path.is_dir() else path.stem
    return Raw(_text(name), x, y=y, event=event, unit=255.0, notes=(*notes, *_warned(y)), skipped=_skipped(found))


def _walk(root: Path) -> Found:
    """Every file below a folder whose name says picture, sorted."""
    found = Found(root, [], {})
    for here, folders, names in os.walk(root, onerror=found.denied):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in folders:
            if Path(here, name).is_symlink():  # `walk` does not enter it
                found.skipped[Path(here, name)] = "a link; links are not followed"
        for name in names:
            if not name.startswith(".") and name.lower().endswith((*ENDINGS, *OTHERS)):
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


def _heads(found: Found) -> dict[Path, Head]:
    heads = {}
    for path in found.files:
        try:
            heads[path] = head(path)
        except Unreadable as reason:
            found.skipped[path] = str(reason)
    return heads


def _decoded(found: Found, heads: dict[Path, Head], wish: Wish) -> tuple[np.ndarray, Counter[str]]:
    """All pictures in one array, decoded one by one, and how often what was done; damaged files leave `heads`."""
    if not heads:
        raise DataError(f"no picture in {found.root} can be read. {_skipped(found)}".rstrip())
    frame, done = _frame(list(heads.values()), wish), Counter[str]()
    _affordable(len(heads), frame)
    x = np.empty((len(heads), frame.height, frame.width, frame.channels), np.uint8)
    row = 0
    for path in list(heads):
        try:
            x[row], what = decode(path, frame)
        except Unreadable as reason:
            found.skipped[path] = str(reason)
            del heads[path]
        else:
            done.update(what)
            row += 1
    if not heads or frame != _frame(list(heads.values()), wish):  # a damaged file had a say: once more without it
        return _decoded(found, heads, wish)
    return x[:row], done


def _frame(heads: list[Head], wish: Wish) -> Frame:
    event = wish.event
    if event is not None and event.kind == "image" and event.shape[-1] in MODES:
        height, width, channels = event.shape
        return Frame(height, width, channels)
    channels = 1 if all(h.grey for h in heads) else 3
    if wish.size is not None:
        return Frame(wish.size, wish.size, channels)
    often = Counter((h.height, h.width) for h in heads)
    most = sorted((s for s in often if often[s] == max(often.values())), key=lambda s: (s[0] * s[1], s))
    return Frame(*most[len(most) // 2], channels)


def _affordable(n: int, frame: Frame) -> None:
    size = n * frame.height * frame.width * frame.channels
    if size > LARGEST:
        raise DataError(
            f"{n:,} pictures of {frame.height} x {frame.width} x {frame.channels} take {size / 2**30:,.0f} GiB; "
            f"at most {LARGEST / 2**30:g} are held. Pass size=64."
        )


def _labels(found: Found, paths: list[Path]) -> list[str | None] | None:
    """The name of the uppermost sub-folder of each picture, None for those beside them; None if there are none."""
    parts = [path.relative_to(found.root).parts for path in paths]
    labels = [_text(p[0]) if len(p) > 1 else None for p in parts]
    return labels if any(label is not None for label in labels) else None


def _warned(labels: list[str | None] | None) -> Iterator[str]:
    names = {label for label in labels or [] if label is not None}
    if names and {name.lower() for name in names} <= SPLITS:
        yield f"The labels are {', '.join(sorted(names))}: for classes inside them, name one of these folders."


def _notes(found: Found, shape: tuple[int, ...], done: Counter[str]) -> Iterator[str]:
    n, height, width, channels = shape
    what = {1: "grey", 3: "RGB", 4: "RGBA"}[channels]
    yield f"{n:,} pictures read as {height} x {width}, {what}, in the order of their paths."
    yield from (f"{count:,} {what}." for what, count in sorted(done.items()))
    if found.skipped:
        yield _skipped(found)


def _skipped(found: Found) -> str:
    """The skipped files and why, the first ten of them; empty where there are none."""
    if not found.skipped:
        return ""
    rows = sorted((found.text(path), reason) for path, reason in found.skipped.items())
    more = f", and {len(rows) - LISTED:,} more" if len(rows) > LISTED else ""
    files = "1 file" if len(rows) == 1 else f"{len(rows):,} files"
    return f"Skipped {files}: {', '.join(f'{name} ({why})' for name, why in rows[:LISTED])}{more}."


def _text(name: str) -> str:
    """A file name as text: NFC, and a mark in place of control characters and of bytes that are no UTF-8."""
    text = unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) == "Cc" else c for c in text)
