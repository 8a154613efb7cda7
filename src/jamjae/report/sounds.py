"""Recordings to listen to: a few short ones inside the page, as many as its size allows."""

import base64
from collections.abc import Mapping

import numpy as np
from markupsafe import Markup

from ..data.forms import Form
from ..data.forms.sound import Sound
from .facts import Facts

MOST = 5  # of each kind
ROOM = 1_500_000  # bytes of all recordings of a run, before they are text (four thirds of it)
KINDS = {"originals": "original", "reconstructions": "reconstruction", "samples": "sample"}


def clips(form: Form | None, arrays: Mapping[str, np.ndarray]) -> dict[str, tuple[bytes, ...]]:
    """WAV files of the first examples of each kind; nothing where examples are no recordings or do not fit."""
    if not isinstance(form, Sound):
        return {}
    count = min(MOST, ROOM // (2 * form.take.samples * len(KINDS)))
    found = {}
    for name in KINDS:
        if name in arrays and count:
            examples = arrays[name].reshape(-1, *form.shape)[:count]
            found[name] = tuple(form.content(one[None]) for one in examples)
    return found


def players(facts: Facts, *names: str) -> Markup:
    """A row of players for each kind; nothing where there are none."""
    rows = [_row(KINDS[name], facts.sounds[name]) for name in names if name in facts.sounds]
    return Markup('<div class="sounds">{}</div>').format(Markup("").join(rows)) if rows else Markup("")


def _row(what: str, files: tuple[bytes, ...]) -> Markup:
    player = '<li><audio controls preload="metadata" aria-label="{}" src="data:audio/wav;base64,{}"></audio></li>'
    each = (Markup(player).format(f"{what} {n}", base64.b64encode(one).decode()) for n, one in enumerate(files, 1))
    return Markup('<p class="of">{}</p><ol>{}</ol>').format(f"Listen: {what}s", Markup("").join(each))
