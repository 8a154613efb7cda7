"""Shards as a source: tar archives in the manner of webdataset, read one after the other, never unpacked.

Members whose names agree up to the first dot of the file name are one example: `0001.png` with `0001.cls`. An example
is one picture (`.png`, `.jpg`, `.jpeg`, `.webp`) or one array (`.npy`); its label is the text of its `.cls`, or the
number or text under "label" in its `.json`. Members of an example stand side by side, as webdataset's own writer puts
them.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from pathlib import Path, PurePosixPath

import numpy as np

from ..core.errors import DataError
from . import archives, pictured
from .infer import held
from .npy import check_head, explained
from .pages import size
from .raw import Raw
from .spool import Block, Spool, Stream, gathered
from .wish import Wish

PICTURES = ("png", "jpg", "jpeg", "webp")
EXAMPLES = (*PICTURES, "npy")
MOST = 100_000  # shards that a pattern may name
_BRACES = re.compile(r"\{(\d+)\.\.(\d+)\}")
_HOW = "Members of one example are named alike: 0001.png, 0001.cls."


@dataclass
class Group:
    """One example: its members' contents by ending, empty where only the names are of interest."""

    key: str
    members: dict[str, bytes] = field(default_factory=dict)


def is_pattern(source: str) -> bool:
    """Whether a source names several shards, as `data-{000..012}.tar` does."""
    return _BRACES.search(source) is not None and source.endswith(".tar")


def expanded(pattern: str) -> list[Path]:
    """The files that a pattern names.

    Raises:
        DataError: If it names none or too many, or one is missing.

    Example:
        >>> is_pattern("train-{00..02}.tar"), is_pattern("pipe:cat x.tar")
        (True, False)
    """
    names = [pattern]
    while found := _BRACES.search(names[0]):
        first, last = int(found[1]), int(found[2])
        if not 0 <= last - first < MOST // len(names):
            raise DataError(f"{pattern} names no shards, or more than {MOST:,}. Write it as data-{{000..012}}.tar.")
        wide = len(found[1])
        names = [_BRACES.sub(f"{i:0{wide}d}", name, count=1) for name in names for i in range(first, last + 1)]
    paths = [Path(name).expanduser() for name in names]
    missing = [path for path in paths if not path.is_file()]
    if missing:
        raise DataError(
            f"{len(missing):,} of {len(paths):,} shards are not there, the first is {missing[0]}. Correct {pattern}."
        )
    return paths


def parts(folder: Path) -> list[Path]:
    """The shards in a folder, in the order of their names."""
    return sorted(p for p in folder.glob("*.tar") if p.is_file() and not p.name.startswith("."))


def load(paths: list[Path], name: str, wish: Wish = Wish()) -> Raw:
    """The examples in shards: pictures as uint8 (n, height, width, channels), or arrays; labels.

    Raises:
        DataError: For an archive that is refused (see `archives`), members that make no examples, and damaged ones.
    """
    wish.only("memory", "size")
    for path in paths:
        archives.check_names(path)
    n, kind, labelled = _survey(paths, name)
    stream = (_pictures if kind in PICTURES else _arrays)(n, paths, wish, name)
    label = wish.label if labelled and wish.label is not None else None
    found, spool = gathered(stream, Spool.of(name, paths, "shards", wish.size, _frame(wish), label), size(wish.memory))
    event = pictured.event(found.x.shape[1:]) if kind in PICTURES else None
    unit = 255.0 if kind in PICTURES else 1.0
    return Raw(name, found.x, y=found.y, event=event, unit=unit, notes=found.notes, label=label or "", spool=spool)


def _frame(wish: Wish) -> tuple[int, ...] | None:
    return None if wish.event is None else wish.event.shape


def _survey(paths: list[Path], name: str) -> tuple[int, str, bool]:
    """How many examples there are, the ending of the first, and whether they have labels: all or none."""
    n, labelled, kind = 0, 0, ""
    for group in _groups(paths, read=False):
        found = [ending for ending in group.members if ending in EXAMPLES]
        if len(found) != 1 or (kind and (found[0] == "npy") != (kind == "npy")):
            ways = "one picture each, or one .npy each"
            raise DataError(f"the example {group.key!r} of {name} holds {', '.join(group.members)}; {ways}. {_HOW}")
        kind = kind or found[0]
        n, labelled = n + 1, labelled + bool(group.members.keys() & {"cls", "json"})
    if n == 0:
        raise DataError(f"{name} holds no example. {_HOW}")
    if labelled not in (0, n):
        raise DataError(
            f"{labelled:,} of {n:,} examples of {name} have a .cls or .json. Give every one a label, or none."
        )
    return n, kind, labelled > 0


def _groups(paths: list[Path], read: bool) -> Iterator[Group]:
    """The examples in their order."""
    for path in paths:
        group = Group("")
        for name, entry, archive in archives.members(path):
            key, ending = _split(name)
            if group.members and key != group.key:
                yield group
                group = Group("")
            group.key = key
            if ending in group.members:
                raise DataError(f"the example {key!r} of {path.name} has two members {ending!r}. Keep one of them.")
            useful = read and ending in (*EXAMPLES, "cls", "json")
            group.members[ending] = archives.content(path, entry, archive) if useful else b""
        if group.members:
            yield group


def _split(name: str) -> tuple[str, str]:
    """Key and ending of a member.

    Example:
        >>> _split("train/0001.seg.png"), _split("0001.PNG")
        (('train/0001', 'seg.png'), ('0001', 'png'))
    """
    path = PurePosixPath(name)
    stem, _, ending = path.name.partition(".")
    return str(path.with_name(stem)) if stem else name, ending.lower()


def _examples(paths: list[Path], wish: Wish) -> Iterator[pictured.Example]:
    for group in _groups(paths, read=True):
        ending = next(e for e in group.members if e in EXAMPLES)
        yield f"{group.key}.{ending}", group.members[ending], _label(group, wish.label or "label")


def _label(group: Group, name: str) -> str | int | float | None:
    if "cls" in group.members:
        text = group.members["cls"].decode("utf-8", "replace").strip()
        return int(text) if re.fullmatch(r"-?\d{1,18}", text) else text
    if "json" not in group.members:
        return None
    try:
        found = json.loads(group.members["json"])
    except (ValueError, RecursionError) as error:
        raise DataError(f"{group.key}.json is no JSON: {error}. Write it again.") from None
    found = found.get(name) if isinstance(found, dict) else found
    if not isinstance(found, (str, int, float)):
        raise DataError(f"{group.key}.json holds no number or text under {name!r}. Pass the right name as `labels`.")
    return found


def _pictures(n: int, paths: list[Path], wish: Wish, name: str) -> Stream:
    return pictured.stream(n, lambda: _examples(paths, wish), wish, name)


def _arrays(n: int, paths: list[Path], wish: Wish, name: str) -> Stream:
    first_name, first_content, _ = next(_examples(paths, wish))
    first = _array(first_name, first_content, name)
    dtype = held(first.dtype)
    rows = max(1, pictured.BLOCK // max(1, first.size * dtype.itemsize))

    def blocks() -> Iterator[Block]:
        examples = _examples(paths, wish)
        while part := list(islice(examples, rows)):
            x = np.empty((len(part), *first.shape), dtype)
            for row, (member, content, _) in enumerate(part):
                found = _array(member, content, name)
                if (found.shape, found.dtype) != (first.shape, first.dtype):
                    what = f"{found.dtype} {found.shape}, and {first_name} {first.dtype} {first.shape}"
                    raise DataError(f"{member} in {name} is {what}. Give all the same.")
                x[row] = found
            yield x, pictured.labels([label for *_, label in part])

    return Stream(n, first.shape, dtype, blocks)


def _array(member: str, content: bytes, name: str) -> np.ndarray:
    """The array in a `.npy` member."""
    with explained(f"{member!r} in {name}"):
        check_head(BytesIO(content), len(content))
        array: np.ndarray = np.load(BytesIO(content), allow_pickle=False)
    return array
