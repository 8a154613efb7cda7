"""Text as a source: a file of lines, a folder of files, a column of a table, or a list of strings."""

import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np

from ..core.errors import DataError, require, unknown
from .encodings import decoded
from .forms.text import LONGEST, Text, clean
from .forms.tokens import LONGEST as PIECE
from .forms.tokens import Bytes, Words
from .raw import Raw
from .tables import load as tables
from .tables.sheet import Sheet, framed
from .wish import Wish

ENDING = ".txt"
OPTIONS = ("tokens", "vocabulary", "length")
COVERED, STEP, MOST = 0.95, 8, 64  # of the training text; a length that nobody chose is a multiple of 8, at most 64
PIECES = 2000
FITTED = 10_000  # characters of a text that word-pieces are learned from


def is_text(source: Any) -> bool:
    """Whether an object holds strings: a list, an array, or a pair of strings and labels."""
    if isinstance(source, tuple):
        return len(source) == 2 and is_text(source[0])
    if isinstance(source, np.ndarray):
        return source.dtype.kind == "U" or (source.dtype.kind in "OT" and source.ndim == 1 and _strings(source))
    return isinstance(source, list) and _strings(source)


def _strings(values: Iterable[Any]) -> bool:
    return any(isinstance(v, str) for v in values)


def load(source: Any, wish: Wish = Wish()) -> Raw:
    """A list or an array of strings, or a pair with labels. Every string is an example, the empty one included."""
    wish.only(*OPTIONS)
    given, y = source if isinstance(source, tuple) else (source, None)
    found = np.asarray(given, object)
    if found.ndim != 1:
        raise DataError(f"texts must be a list of strings; got an array of shape {found.shape}. Pass x.ravel().")
    return examples("text", found.tolist(), y, wish)


def lines(path: Path, wish: Wish = Wish()) -> Raw:
    """A text file: every line that is not blank is an example."""
    wish.only(*OPTIONS)
    text, note = decoded(path.read_bytes(), path.name)
    rows = [line.strip() for line in text.split("\n")]
    kept = [line for line in rows if line]
    blank = len(rows) - len(kept) - (rows[-1] == "")  # the end of the last line is no line
    notes = (*filter(None, (note,)), *_skipped(blank, "blank line"))
    if not kept:
        raise DataError(f"{path.name} is empty: it holds no line of text.")
    return examples(path.stem, kept, None, wish, notes)


def folder(path: Path, wish: Wish = Wish()) -> Raw:
    """The `.txt` files below a folder, an example each; the names of the uppermost sub-folders are the labels."""
    wish.only(*OPTIONS, "strict")
    kept: dict[Path, str] = {}
    skipped, notes = [], set[str]()
    for file in inside(path):
        try:
            text, note = decoded(file.read_bytes(), file.name)
        except (DataError, OSError) as error:
            skipped.append(str(error))
            continue
        kept |= {file: text.strip()} if text.strip() else {}
        skipped += [] if text.strip() else [f"{file.name} is empty"]
        notes |= {note.replace(file.name, "a file")} - {""}
    said = f"Skipped {len(skipped):,} files: {'; '.join(skipped[:10])}" if skipped else ""
    if wish.strict and skipped:
        raise DataError(f"{said}. Mend or remove them, or leave `strict` out.")
    if not kept:
        raise DataError(f"no text file in {path} can be read. {said}".rstrip())
    notes |= {said} - {""}
    found = examples(path.resolve().name, list(kept.values()), _labels(path, list(kept)), wish, tuple(sorted(notes)))
    return replace(found, skipped=said)


def inside(path: Path) -> list[Path]:
    """The text files below a folder, sorted by their names in NFC; no links, nothing whose name begins with a dot."""
    found = []
    for here, folders, names in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files = (Path(here, name) for name in names if name.lower().endswith(ENDING) and not name.startswith("."))
        found += [file for file in files if file.is_file() and not file.is_symlink()]
    return sorted(found, key=lambda file: (unicodedata.normalize("NFC", str(file)), str(file)))


def _labels(root: Path, files: list[Path]) -> list[str | None] | None:
    parts = [file.relative_to(root).parts for file in files]
    labels = [unicodedata.normalize("NFC", p[0]) if len(p) > 1 else None for p in parts]
    return labels if any(label is not None for label in labels) else None


def column(path: Path, wish: Wish) -> Raw:
    """A column of a table of texts; another one holds the labels, if it is asked for."""
    return _of_sheet(path.stem, tables.sheet(path), None, wish)


def of_frame(source: Any, wish: Wish) -> Raw:
    """A column of a data frame, or of a pair (data frame, labels)."""
    frame, y = source if isinstance(source, tuple) else (source, None)
    return _of_sheet("text", framed(frame, "the table"), y, wish)


def _of_sheet(name: str, sheet: Sheet, y: Any, wish: Wish) -> Raw:
    wish.only(*OPTIONS, "text")
    for wanted in filter(None, (wish.text, wish.label)):
        if wanted not in sheet.names:
            raise unknown(f"column of {sheet.name}", wanted, sheet.names)
    texts = [str(v).strip() for v in sheet.frame[wish.text].fillna("")]
    kept = [n for n, text in enumerate(texts) if text]
    notes = (*sheet.notes, *_skipped(len(texts) - len(kept), "row without text"))
    if not kept:
        raise DataError(f"the column {wish.text!r} of {sheet.name} holds no text.")
    if wish.label:
        y = [None if v != v or v == "" else v for v in sheet.frame[wish.label].tolist()]
    labels = None if y is None else [y[n] for n in kept]
    return replace(examples(name, [texts[n] for n in kept], labels, wish, notes), label=wish.label or "")


def _skipped(count: int, what: str) -> Iterator[str]:
    if count:
        yield f"Skipped {count:,} {what}{'s' * (count != 1)}."


def examples(name: str, texts: list[Any], y: Any, wish: Wish, notes: tuple[str, ...] = ()) -> Raw:
    """Texts in the form of a model, or in one that is still to be learned from the training split."""
    for n, text in enumerate(texts):
        clean(text, 1, n)
    if not texts:
        raise DataError("the list of texts is empty: it must hold at least 3.")
    if wish.event is not None and not isinstance(wish.form, Text):
        raise DataError(f"these examples are text; the model was fitted on examples of the kind {wish.event.kind}.")
    about = Raw(name, np.asarray(texts, object), y=y, notes=notes)
    if isinstance(wish.form, Text):
        return _formed(about, wish.form)
    return replace(about, learn=partial(_learned, about, wish))


def _formed(about: Raw, form: Text) -> Raw:
    x = form.values(about.x.tolist())
    cut = form.cut(x)
    said = f"{cut:,} of {len(x):,} texts do not fit into {form.length} {form.tokens.kind} and are cut."
    notes = (*about.notes, said) if cut else about.notes
    return replace(about, x=x, event=form.event, form=form, notes=notes, learn=None)


def _learned(about: Raw, wish: Wish, rows: np.ndarray) -> Raw:
    """The form that suits the training rows, and all texts in it."""
    train = [about.x[n] for n in (rows if len(rows) else range(len(about.x)))]
    kind = wish.tokens or "bytes"
    apart = wish.vocabulary is None or kind == "words"
    require(apart, "`vocabulary` is for tokens=words", wish.vocabulary, "Pass tokens=words, or leave it out.")
    if wish.length is not None:
        rule = f"`length` must be 2 to {LONGEST} tokens"
        require(2 <= wish.length <= LONGEST, rule, wish.length, f"Pass length={MOST}.")
    short = (clean(text, FITTED, n) for n, text in enumerate(train))
    tokens = (
        Bytes() if kind == "bytes" else Words.learned(short, PIECES if wish.vocabulary is None else wish.vocabulary)
    )
    form = Text(tokens, wish.length or usual(tokens, train))
    found = _formed(about, form)
    size = f"{tokens.count:,} {'bytes' if kind == 'bytes' else 'word-pieces'}"
    return replace(found, notes=(*found.notes, f"Text as {size} and an end, {form.length} in a row."))


def usual(tokens: Bytes | Words, texts: list[str]) -> int:
    """The length that 95 % of the texts need with their ends, in eights, at most 64."""
    counts = [len(one) + 1 for one in tokens.encode([clean(t, MOST * PIECE, n) for n, t in enumerate(texts)])]
    needed = float(np.quantile(counts, COVERED))
    return min(MOST, STEP * ceil(needed / STEP))
