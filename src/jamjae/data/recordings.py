"""Recordings as a source: folders of WAV and FLAC files, single files, and arrays of waveforms.

Every `.wav` and `.flac` file below a folder, however deep, is an example; order, labels and what is skipped are as for
folders of pictures. Without options every recording has the most frequent rate, and the length that covers 95 % of
them. Files are decoded one at a time.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..core.errors import DataError, require
from . import checks, walk
from .forms.mel import Mel
from .forms.sound import Sound
from .forms.wave import Wave
from .names import legible
from .raw import Raw
from .sound import RATES, Head, Take, decode, head
from .walk import Found, Unreadable
from .wish import Wish

ENDINGS = (".wav", ".flac")
OTHERS = (".wave", ".mp3", ".ogg", ".opus", ".m4a", ".aac", ".aif", ".aiff", ".wma")  # said, not passed over
SHARE = 0.95  # of the recordings, that the default length covers
OPTIONS = ("sound", "rate", "seconds")
FORMS: dict[str, Callable[[Take], Sound]] = {"mel": Mel, "wave": Wave}


def wished(wish: Wish) -> bool:
    """Whether somebody asked for recordings."""
    asked = any(getattr(wish, name) is not None for name in OPTIONS)
    return asked or isinstance(wish.form, Sound)


def load(path: Path, wish: Wish = Wish()) -> Raw:
    """The recordings below a folder, or in one file, in their form, with labels and notes.

    Raises:
        DataError: If no recording can be read, if `strict` and one cannot, or if they take more than 8 GiB.
        UsageError: For a `rate` or `seconds` that makes no sense.
    """
    wish.only(*OPTIONS, "strict", "labels_from_name")
    found = walk.find(path, "recordings", ENDINGS, OTHERS)
    heads = _heads(found)
    form, x, done = _decoded(found, heads, wish)
    walk.strictly(found, wish.strict)
    y = walk.labels(found, list(heads), wish.labels_from_name)
    name = path.resolve().name if path.is_dir() else path.stem
    notes = (*_notes(found, form, len(x), done), *walk.warned(y))
    return _raw(Raw(legible(name), x, y=y, notes=notes, skipped=found.said()), form)


def of_array(raw: Raw, wish: Wish) -> Raw:
    """Waveforms (n, samples) in [-1, 1], or one (samples,), in their form; examples in that form stay as they are.

    Raises:
        DataError: For anything else.
        UsageError: Without a `rate`.
    """
    wish.only(*OPTIONS)
    if isinstance(wish.form, Sound):
        x = raw.x[None] if raw.x.shape == wish.form.shape else raw.x
        if x.shape[1:] != wish.form.shape:
            return _raw(replace(raw, x=wish.form.values(x), borrowed=False), wish.form)
        checks.numeric(x)
        checks.finite(x)
        return _raw(replace(raw, x=x), wish.form)
    require(wish.rate is not None, "`rate` is needed for arrays of waveforms", wish.rate, "Pass rate=16000.")
    heads = [Head(raw.x.shape[-1], int(wish.rate or 0), 1)]
    form = _form(heads, wish)
    return _raw(replace(raw, x=form.values(raw.x), borrowed=False), form)


def _raw(raw: Raw, form: Sound) -> Raw:
    return replace(raw, event=form.event, unit=form.unit if raw.x.dtype.kind == "i" else 1.0, form=form)


def _heads(found: Found) -> dict[Path, Head]:
    heads = {}
    for path in found.files:
        try:
            heads[path] = head(path)
        except Unreadable as reason:
            found.skipped[path] = str(reason)
    return heads


def _decoded(found: Found, heads: dict[Path, Head], wish: Wish) -> tuple[Sound, np.ndarray, Counter[str]]:
    """The form, all recordings in one array, and how often what was done; damaged files leave `heads`."""
    if not heads:
        raise DataError(f"no recording in {found.root} can be read. {found.said()}".rstrip())
    form, done = _form(list(heads.values()), wish), Counter[str]()
    size = len(heads) * form.event.cells * (2 if form.unit > 1 else 4)
    walk.affordable(size, f"{len(heads):,} recordings of {form.take.seconds:,.1f} seconds", "Pass seconds=2.")
    x = np.empty((len(heads), *form.shape), np.int16 if form.unit > 1 else np.float32)
    row = 0
    for path in list(heads):
        try:
            wave, what = decode(path, heads[path], form.take)
        except Unreadable as reason:
            found.skipped[path] = str(reason)
            del heads[path]
        else:
            x[row] = form.heard(wave[None])[0]
            done.update(what)
            row += 1
    if not heads or form.spec() != _form(list(heads.values()), wish).spec():  # a damaged file had a say: again
        return _decoded(found, heads, wish)
    return form, x[:row], done


def _form(heads: list[Head], wish: Wish) -> Sound:
    """The form of a model that was fitted before, otherwise what was wished, otherwise what suits the recordings."""
    if isinstance(wish.form, Sound):
        return wish.form
    often = Counter(h.rate for h in heads)
    rate = min(r for r in often if often[r] == max(often.values())) if wish.rate is None else wish.rate
    rule = f"`rate` must be {RATES[0]:,} to {RATES[1]:,} samples a second"
    require(RATES[0] <= rate <= RATES[1], rule, rate, "Pass rate=16000.")
    if wish.seconds is None:
        lengths = sorted(h.seconds for h in heads)
        samples = round(lengths[int(np.ceil(SHARE * len(lengths))) - 1] * rate)
    else:
        require(0 < wish.seconds < np.inf, "`seconds` must be positive", wish.seconds, "Pass seconds=1.")
        samples = round(wish.seconds * rate)
    return FORMS[wish.sound or "mel"](Take(rate, max(1, samples)))


def _notes(found: Found, form: Sound, n: int, done: Counter[str]) -> Iterator[str]:
    yield f"{n:,} recordings read as {form.described()}, in the order of their paths."
    yield from (f"{count:,} {what}." for what, count in sorted(done.items()))
    if found.skipped:
        yield found.said()
