"""Pictures that come one after the other, from shards or a hub's tables, as a stream of blocks."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice

import numpy as np

from ..core.errors import DataError
from ..core.event import Event
from .folders import frame_of
from .picture import Frame, decode, head
from .spool import Block, Stream
from .walk import Unreadable
from .wish import Wish

LOOKED = 1000  # pictures that decide size and channels
BLOCK = 1 << 25  # bytes of pictures decoded together
Example = tuple[str, bytes, str | int | float | None]  # name, content of the file, label


def stream(n: int, examples: Callable[[], Iterator[Example]], wish: Wish, where: str) -> Stream:
    """n pictures in the frame of the first 1,000.

    Raises:
        DataError: For a picture that cannot be read, by its name: the number of rows was counted before.
    """
    heads = []
    for name, content, _ in islice(examples(), LOOKED):
        with _named(name, where):
            heads.append(head(content))
    frame = frame_of(heads, wish)
    done = Counter[str]()
    shape = (frame.height, frame.width, frame.channels)

    def notes() -> tuple[str, ...]:
        how = f"Size and channels are those of the first {len(heads):,} pictures: {' x '.join(map(str, shape))}."
        return (how, *(f"{count:,} {what}." for what, count in sorted(done.items())))

    return Stream(n, shape, np.dtype(np.uint8), lambda: _blocks(examples(), frame, done, where), notes)


def event(shape: tuple[int, ...]) -> Event:
    """What pictures of 8 bits are."""
    return Event(shape, "image", 0.0, 1.0, grid=256)


def _blocks(examples: Iterator[Example], frame: Frame, done: Counter[str], where: str) -> Iterator[Block]:
    done.clear()
    size = max(1, BLOCK // (frame.height * frame.width * frame.channels))
    while part := list(islice(examples, size)):
        x = np.empty((len(part), frame.height, frame.width, frame.channels), np.uint8)
        for row, (name, content, _) in enumerate(part):
            with _named(name, where):
                x[row], what = decode(content, frame)
            done.update(what)
        yield x, labels([label for *_, label in part])


def labels(found: list[str | int | float | None]) -> np.ndarray | None:
    """Labels of a block, where all have one."""
    return None if any(label is None for label in found) else np.asarray(found)


@contextmanager
def _named(name: str, where: str) -> Iterator[None]:
    try:
        yield
    except Unreadable as reason:
        raise DataError(f"{name} in {where} cannot be read: {reason}. Replace it, or leave it out.") from None
