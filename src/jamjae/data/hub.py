"""Data sets of the Hugging Face library as a source: `hf:NAME_OR_PATH[:split]`, a saved folder, or the object itself.

One column of pictures, or the columns of numbers, are the examples. A column of classes, where there is exactly one, or
the one that `labels` names, is their label.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..core.errors import DataError
from . import pictured
from .extras import needed
from .numbers import Columns
from .pages import size
from .raw import Raw
from .spool import Block, Spool, Stream, gathered
from .wish import Wish

SCHEME = "hf:"
ROWS = 1 << 14  # of a block
_MARKS = ("dataset_info.json", "dataset_dict.json")


def is_saved(folder: Path) -> bool:
    """Whether a folder was written by `save_to_disk`."""
    return any((folder / mark).is_file() for mark in _MARKS)


def is_dataset(source: Any) -> bool:
    """Whether a source is an object of that library; asked without importing it."""
    library = sys.modules.get("datasets")
    return library is not None and isinstance(source, library.Dataset)


def load(source: str, wish: Wish = Wish()) -> Raw:
    """The examples of `hf:NAME_OR_PATH[:split]`; of several splits "train" unless another is named.

    Raises:
        DataError: If there is no such data set, split or column.
        JamjaeError: If the extra `hf` is not installed.
    """
    library = needed("datasets", "hf", "a source `hf:`")
    name, split = _named(source.removeprefix(SCHEME))
    folder = Path(name).expanduser()
    try:
        found = library.load_from_disk(str(folder)) if is_saved(folder) else library.load_dataset(name)
    except (OSError, ValueError, library.exceptions.DatasetsError) as error:
        raise DataError(f"{source} cannot be read: {' '.join(str(error).split())[:200]}.") from None
    if isinstance(found, library.Dataset):
        if split is not None:
            raise DataError(f"{source} has no splits. Leave {split!r} out.")
        return of(found, wish, folder.name)
    chosen = "train" if split is None else split
    if chosen not in found:
        raise DataError(f"{source} has the splits {', '.join(found)}. Name one: {SCHEME}{name}:{next(iter(found))}.")
    return of(found[chosen], wish, folder.name)


def _named(text: str) -> tuple[str, str | None]:
    """Name or path, and split.

    Example:
        >>> _named("mnist:test"), _named("user/set")
        (('mnist', 'test'), ('user/set', None))
    """
    name, colon, split = text.rpartition(":")
    return (
        (name, split) if colon and not Path(text).exists() and "/" not in split and "\\" not in split else (text, None)
    )


def of(found: Any, wish: Wish = Wish(), name: str = "dataset") -> Raw:
    """The examples of a `datasets.Dataset`."""
    wish.only("memory", "size")
    library = needed("datasets", "hf", "this")
    pictures = [c for c, kind in found.features.items() if isinstance(kind, library.Image)]
    classes = [c for c, kind in found.features.items() if isinstance(kind, library.ClassLabel)]
    label = wish.label if wish.label in found.features else classes[0] if len(classes) == 1 else None
    if len(pictures) > 1:
        raise DataError(f"{name} has the picture columns {', '.join(pictures)}. Keep one: select_columns.")
    stream = _pictures(found, pictures[0], label, wish, name) if pictures else _numbers(found, label, name)
    shape = None if wish.event is None else wish.event.shape
    spool = Spool(name, f"hf {found._fingerprint} {label} {wish.size} {shape}", found._fingerprint)
    kept, spooled = gathered(stream, spool, size(wish.memory))
    names = tuple(found.features[label].names) if label in classes else ()
    return Raw(
        name,
        kept.x,
        y=kept.y,
        event=pictured.event(kept.x.shape[1:]) if pictures else None,
        unit=255.0 if pictures else 1.0,
        classes=names,
        notes=kept.notes,
        label=wish.label or "" if label == wish.label else "",
        spool=spooled,
    )


def _numbers(found: Any, label: str | None, name: str) -> Stream:
    columns = Columns(found.features.arrow_schema, label, name)

    def blocks() -> Iterator[Block]:
        columns.restart()
        for table in found.select_columns(columns.wanted).with_format("arrow").iter(ROWS):
            for batch in table.combine_chunks().to_batches():
                yield columns.convert(batch), columns.labels(batch)

    return Stream(len(found), (len(columns.names),), np.dtype(np.float32), blocks, columns.notes)


def _pictures(found: Any, column: str, label: str | None, wish: Wish, name: str) -> Stream:
    library = needed("datasets", "hf", "this")
    wanted = [column, *([] if label is None else [label])]
    plain = found.select_columns(wanted).cast_column(column, library.Image(decode=False))

    def examples() -> Iterator[pictured.Example]:
        for row, cells in enumerate(plain):
            picture = cells[column]
            if picture is None:
                raise DataError(f"row {row} of {name} has no picture. Filter such rows out.")
            content = picture["bytes"] or Path(picture["path"]).read_bytes()
            yield f"row {row}", content, None if label is None else cells[label]

    return pictured.stream(len(found), examples, wish, name)
