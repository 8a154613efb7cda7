"""Facts: everything a report says about one run, as plain data; no model, no tensors."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..data.forms import Form, revive
from ..diagnosis import Diagnosis
from ..evaluation.base import Measurement

Row = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """One run, ready to be written.

    Arguments:
        title: What the reader calls it; in a comparison, the name above its column.
        recipe: Name of the recipe.
        spec: The run's spec: recipe, model, objective, data, settings, seed, latent, versions.
        rows: The metrics file: events "start", "row", "rollback", "end".
        measurements: What the evaluation found, in the order to show.
        arrays: Pictures and codes by name (see `looks.look`), numpy.
        notes: Remarks in plain words that the reader must know.
        data: What the data is: name, event, sizes of the splits, classes, fingerprint, binarise, notes, the split
        shown.
        folder: Name of the run folder; empty if unknown.
        diagnosis: What is wrong with the run; None where nobody asked.
        sounds: WAV files of examples by name (see `sounds.clips`), where they are recordings.
        learning: How the prior came to know the codes, where training itself put no prior on them; otherwise empty.

    Example:
        >>> Facts("vae on digits", "vae", {"latent": [2]}).width
        2
    """

    title: str
    recipe: str
    spec: dict[str, Any] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
    folder: str = ""
    learning: str = ""
    diagnosis: Diagnosis | None = None
    sounds: dict[str, tuple[bytes, ...]] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """Number of latent axes."""
        return int(np.prod(self.spec.get("latent", [0])))

    @property
    def event(self) -> dict[str, Any]:
        """The event as plain JSON: shape, kind, low, high, levels."""
        return dict(self.data.get("event", {}))

    @property
    def conditional(self) -> bool:
        """Whether the model is told something about every example."""
        return bool(self.part("condition"))

    @property
    def encodes(self) -> bool:
        """Whether the model has an encoder."""
        return bool(self.part("encoder"))

    @property
    def written(self) -> Form | None:
        """How examples are read as lines of text; None where they are drawn."""
        form = revive(self.spec.get("data", {}).get("form"))
        return None if form is None or form.drawn else form

    def part(self, name: str) -> dict[str, Any]:
        """The spec of a part of the model ("prior", "likelihood", ...); empty if there is none."""
        return dict(self.spec.get("model", {}).get(name) or {})
