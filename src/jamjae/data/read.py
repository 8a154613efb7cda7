"""The one door: anything that holds examples becomes a `Dataset`."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..core.catalogue import convert
from ..core.errors import unknown
from ..core.event import Event
from . import arrays, builtin, files, hub, series, shards, texts
from .dataset import Binarise, Dataset
from .fingerprint import fingerprint
from .forms.base import Form
from .gaps import Holes
from .infer import Seen, see
from .labels import encode
from .raw import Raw
from .splits import in_time, split
from .tables import load as tables
from .wish import HINTS, WISHES, Wish

Source = str | Path | np.ndarray | Tensor | tuple[Any, Any] | Sequence[Any]


def read(
    source: Source,
    *,
    seed: int = 0,
    binarise: Binarise | None = None,
    labels: Any = None,
    validation: float | None = None,
    test: float | None = None,
    **wishes: Any,
) -> Dataset:
    """Read examples from a name, a file, a folder of pictures or an array.

    The source is never changed, and later changes to it do not reach the data set. No pickle is ever read.

    Arguments:
        source: A built-in name (`data.builtin.NAMES`); a path to a `.npy`, `.npz`, CSV, Parquet, idx, idx.gz or `.txt`
            file, or to a folder of pictures (see `data.folders`), recordings, `.txt` files (see `data.texts`) or
            Parquet files; shards as a folder, a file or a pattern "data-{000..012}.tar" (see `data.shards`);
            "hf:NAME_OR_PATH[:split]" or a `datasets.Dataset`; a numpy array, a torch tensor, a nested list, a list of
            strings, a pandas data frame, or a pair (x, y) of them. What takes more than `memory`, 1 GiB unless told
            otherwise, stays on the disk.
        seed: Chooses the splits, and the examples of generated sets.
        binarise: "none", "threshold" or "stochastic". If None, what the data set recommends.
        labels: One label per example: classes (whole numbers or strings; -1 or None where unknown) or real numbers (NaN
            where unknown); or the path of a `.npy` file, a key of the `.npz` source, or a column of the table. If None,
            those that come with the source.
        validation: Count or share; 0 means none. If None, 10 %, at most 5,000.
        test: Count (int) or share of all examples (float in [0, 1)); 0 means none. If None, the official test split,
            otherwise 20 %, at most 10,000.
        wishes: What only some kinds of data know, such as the `size` of pictures; see `data.wish.Wish`.

    Raises:
        DataError: For data that cannot be read or described; the message names the row, the column and what to do.
        UsageError: For a wrong argument.

    Example:
        >>> digits = read("digits")
        >>> len(digits), digits.event.shape, digits.binarise, {k: len(v) for k, v in digits.splits.items()}
        (1797, (8, 8, 1), 'stochastic', {'train': 1258, 'validation': 180, 'test': 359})
    """
    wish = wished(wishes)
    dataset = assemble(find(source, seed, labels, wish), seed, validation, test)
    return dataset.binarised(dataset.recommended if binarise is None else binarise)


def wished(options: dict[str, Any]) -> Wish:
    """The options as a wish, converted by annotation.

    Raises:
        UsageError: For an unknown name or a value of the wrong type.
    """
    for name in options:
        if name not in WISHES:
            raise unknown("option of the data", name, WISHES)
    return Wish(**{name: convert(HINTS[name], value, name) for name, value in options.items() if value is not None})


def find(source: Any, seed: int = 0, labels: Any = None, wish: Wish = Wish()) -> Raw:
    """What the source holds, read as wished, with other labels if any are given.

    Labels by name are the column of that name where the source is a table.
    """
    wish = replace(wish, label=labels) if isinstance(labels, str) else wish
    found = _find(source, seed, wish)
    if labels is None or (isinstance(labels, str) and found.label == labels):
        return found
    given = files.labels(labels, source) if isinstance(labels, (str, Path)) else labels
    return replace(found, y=given, classes=(), channel_classes=0)


def find_like(source: Any, event: Event, labels: Any = None, form: Form | None = None) -> Raw:
    """What the source holds for a model of that event: pictures in its size, other things in its form.

    Files of a folder that cannot be read are warned of, since their rows are missing.
    """
    found = find(source, labels=labels, wish=Wish(event=event, form=form))
    if found.skipped:
        warnings.warn(found.skipped, stacklevel=2)
    return found


def _find(source: Any, seed: int, wish: Wish) -> Raw:
    if isinstance(source, str) and source.startswith(hub.SCHEME):
        return hub.load(source, wish)
    if isinstance(source, str) and shards.is_pattern(source):
        return shards.load(shards.expanded(source), Path(source).name.split("{")[0].rstrip("-_.") or "shards", wish)
    if hub.is_dataset(source):
        return hub.of(source, wish)
    if isinstance(source, str) and source not in builtin.NAMES and not _like_a_path(source):
        raise unknown("data set", source, builtin.NAMES)
    if isinstance(source, (str, Path)) and source not in builtin.NAMES:
        return files.load(Path(source), wish)
    if isinstance(source, str):
        wish.only()
        return builtin.load(source, seed)
    if tables.is_frame(source):
        if wish.text is not None:
            return texts.of_frame(source, wish)
        return series.of_frame(source, wish) if series.wished(wish) else tables.of_frame(source, wish)
    if texts.is_text(source):
        return texts.load(source, wish)
    return files.formed(arrays.load(source), wish)


def exists(source: str) -> bool:
    """Whether a source that was read before is still there, as far as its name says."""
    if source in builtin.NAMES or source.startswith(hub.SCHEME) or shards.is_pattern(source):
        return True
    return Path(source).exists()


def _like_a_path(source: str) -> bool:
    return any(c in source for c in "/\\.~") or (source != "" and files.located(Path(source)) is not None)


def assemble(raw: Raw, seed: int = 0, validation: float | None = None, test: float | None = None) -> Dataset:
    """A data set of what a source gave: event, labels, splits and fingerprint."""
    if raw.learn is not None:
        raw = raw.learn(split(len(raw.x), seed, validation, test, raw.official)["train"].numpy())
    seen = Seen(raw.x, raw.event, raw.unit, ()) if raw.event is not None else _seen(raw)
    splits, order = _split(raw, len(seen.x), seed, validation, test)
    x = torch.from_numpy(seen.x.copy() if raw.borrowed and np.may_share_memory(seen.x, raw.x) else seen.x)
    y, classes, notes = labels_of(raw, len(x))
    return Dataset(
        name=raw.name,
        event=seen.event,
        x=x,
        y=y,
        splits=splits,
        unit=seen.unit,
        classes=classes,
        fingerprint=fingerprint(x, y, seen.unit),
        recommended=raw.recommended,
        notes=(*raw.notes, *seen.notes, *order, *notes),
        factors=raw.factors,
        factor_names=raw.factor_names,
        modes=raw.modes,
        channel_classes=raw.channel_classes,
        form=raw.form,
        mapped=raw.spool is not None,
    )


def _split(
    raw: Raw, n: int, seed: int, validation: float | None, test: float | None
) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """The splits, and a note about their order where there is one."""
    if raw.overlap is None:
        return split(n, seed, validation, test, raw.official), ()
    found = in_time(n, raw.overlap, seed, validation, test)
    left = n - sum(map(len, found.values()))
    note = "Splits follow the order of time: first training, then validation, then test."
    return found, (note + f" {left:,} windows between them share rows with both sides and are left out." * (left > 0),)


def _seen(raw: Raw) -> Seen:
    """What one example of an array is.

    Raises:
        DataError: As `see`; and for a column of which no cell is known.
    """
    seen = see(raw.x, spool=raw.spool, missing=raw.missing)
    if seen.event.missing:
        Holes.of(seen.x).check()
    return seen


def labels_of(raw: Raw, n: int) -> tuple[Tensor | None, tuple[str, ...], tuple[str, ...]]:
    """Labels (n,), the classes' names, and notes, see `labels.encode`; None where the source has none."""
    if raw.y is None:
        return None, (), ()
    if raw.classes:
        return torch.from_numpy(np.asarray(raw.y, np.int64)), raw.classes, ()
    return encode(raw.y, n)
