"""Data sets of the Hugging Face library as a source: `hf:NAME_OR_PATH[:split]`, a saved folder, or the object itself.

One column of pictures is the examples; without one, the columns are a table. A column of classes, where there is
exactly one, or the column that `labels` names, is the label.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..core.errors import DataError
from . import pictured
from .extras import needed
from .pages import size
from .raw import Raw
from .spool import Spool, gathered
from .tables import streamed
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
    whole = not colon or Path(text).exists() or "/" in split or "\\" in split
    return (text, None) if whole else (name, split)


def of(found: Any, wish: Wish = Wish(), name: str = "dataset") -> Raw:
    """The examples of a `datasets.Dataset`.

    Raises:
        DataError: For several columns of pictures, and what `tables.streamed` and `pictured` refuse.
    """
    library = needed("datasets", "hf", "this")
    pictures = [c for c, kind in found.features.items() if isinstance(kind, library.Image)]
    classes = [c for c, kind in found.features.items() if isinstance(kind, library.ClassLabel)]
    if len(pictures) > 1:
        raise DataError(f"{name} has the picture columns {', '.join(pictures)}. Keep one: select_columns.")
    auto = classes[0] if len(classes) == 1 and wish.label is None else wish.label
    wish = replace(wish, label=auto)
    raw = _pictures(found, pictures[0], wish, name) if pictures else _table(found, wish, name)
    if raw.label not in classes or raw.y is None:
        return raw
    numbers = np.nan_to_num(np.asarray(raw.y, float), nan=-1).astype(np.int64)
    return replace(raw, y=numbers, classes=tuple(found.features[raw.label].names))


def _table(found: Any, wish: Wish, name: str) -> Raw:
    plain = found.with_format("arrow")
    sample = plain.select(range(0, len(found), -(-len(found) // streamed.SAMPLE)))[:] if len(found) else plain[:]

    def batches(columns: list[str]) -> Iterator[Any]:
        for table in found.select_columns(columns).with_format("arrow").iter(ROWS):
            yield from table.combine_chunks().to_batches()

    return streamed.read(streamed.Source(name, len(found), sample, batches, _spool(found, name)), wish)


def _spool(found: Any, name: str, *reading: object) -> Spool:
    return Spool(name, f"hf {found._fingerprint} {reading}", found._fingerprint)


def _pictures(found: Any, column: str, wish: Wish, name: str) -> Raw:
    wish.only("memory", "size")
    library = needed("datasets", "hf", "this")
    label = wish.label if wish.label in found.features else None
    wanted = [column, *([] if label is None else [label])]
    plain = found.select_columns(wanted).cast_column(column, library.Image(decode=False))

    def examples() -> Iterator[pictured.Example]:
        for row, cells in enumerate(plain):
            picture = cells[column]
            if picture is None:
                raise DataError(f"row {row} of {name} has no picture. Filter such rows out.")
            content = picture["bytes"] or Path(picture["path"]).read_bytes()
            yield f"row {row}", content, None if label is None else cells[label]

    stream = pictured.stream(len(found), examples, wish, name)
    shape = None if wish.event is None else wish.event.shape
    kept, spool = gathered(stream, _spool(found, name, label, wish.size, shape), size(wish.memory))
    event = pictured.event(kept.x.shape[1:])
    return Raw(name, kept.x, y=kept.y, event=event, unit=255.0, notes=kept.notes, label=label or "", spool=spool)
