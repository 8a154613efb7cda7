"""Folders of pictures, and single picture files, as a source.

Every `.png`, `.jpg`, `.jpeg` and `.webp` file below the folder, however deep, is an example, in the order of its
NFC-normalised path. Where there are sub-folders, the names of the uppermost ones are the labels; pictures beside them
have none. Names that begin with a dot are left out, and links are not followed. Pictures of other kinds, and files that
cannot be read, are skipped; the notes list them.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..core.errors import DataError, require
from ..core.event import Event
from . import walk
from .names import legible
from .picture import MODES, STARTS, Frame, Head, decode, head
from .raw import Raw
from .walk import Found, Unreadable
from .wish import Wish

ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
OTHERS = (".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif", ".jfif", ".jp2", ".apng")  # said, not passed over


def is_picture(start: bytes) -> bool:
    """Whether a file that begins so may be a picture."""
    return start.startswith(STARTS)


def load(path: Path, wish: Wish = Wish()) -> Raw:
    """The pictures below a folder, or in one file: uint8 (n, height, width, channels), labels, notes.

    Raises:
        DataError: If no picture can be read, if `strict` and one cannot, or if they take more than 8 GiB.
        UsageError: For a `size` that is no positive number.
    """
    wish.only("size", "strict", "labels_from_name")
    if wish.size is not None:
        require(wish.size >= 1, "`size` must be at least 1 pixel", wish.size, "Pass size=64.")
    found = walk.find(path, "pictures", ENDINGS, OTHERS)
    heads = _heads(found)
    x, done = _decoded(found, heads, wish)
    notes = _notes(found, x.shape, done)
    walk.strictly(found, wish.strict)
    y = walk.labels(found, list(heads), wish.labels_from_name)
    event = Event(x.shape[1:], "image", 0.0, 1.0, grid=256)
    name = path.resolve().name if path.is_dir() else path.stem
    said = (*notes, *walk.warned(y))
    return Raw(legible(name), x, y=y, event=event, unit=255.0, notes=said, skipped=found.said())


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
        raise DataError(f"no picture in {found.root} can be read. {found.said()}".rstrip())
    frame, done = frame_of(list(heads.values()), wish), Counter[str]()
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
    if not heads or frame != frame_of(list(heads.values()), wish):  # a damaged file had a say: once more without it
        return _decoded(found, heads, wish)
    return x[:row], done


def frame_of(heads: list[Head], wish: Wish) -> Frame:
    """The frame of pictures with these heads."""
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
    what = f"{n:,} pictures of {frame.height} x {frame.width} x {frame.channels}"
    walk.affordable(n * frame.height * frame.width * frame.channels, what, "Pass size=64.")


def _notes(found: Found, shape: tuple[int, ...], done: Counter[str]) -> Iterator[str]:
    n, height, width, channels = shape
    what = {1: "grey", 3: "RGB", 4: "RGBA"}[channels]
    yield f"{n:,} pictures read as {height} x {width}, {what}, in the order of their paths."
    yield from (f"{count:,} {what}." for what, count in sorted(done.items()))
    if found.skipped:
        yield found.said()
