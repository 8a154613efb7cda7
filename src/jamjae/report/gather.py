"""From a run to its facts."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from ..core.component import flat
from ..core.errors import DataError
from ..core.event import Event
from ..data.dataset import SPLITS, Dataset
from ..diagnosis import Diagnosis
from ..evaluation.base import FEWEST, Measurement
from ..evaluation.base.measurement import revived
from ..models.latent import LatentModel
from ..plots.pictures import spectrograms
from .facts import Facts, Row
from .looks import look
from .nearest import nearest
from .sounds import clips

EXAMPLES = ("data", "originals", "reconstructions", "samples", "plane", "first", "strips", "last", "traversals")
EXAMPLES += ("walk_x", "walk_decoded", "near_samples", "near_examples")
Measured = Measurement | Mapping[str, Any]


def gather(
    model: LatentModel,
    dataset: Dataset,
    rows: Iterable[Row],
    measurements: Mapping[str, Measured] | Iterable[Measured],
    spec: dict[str, Any],
    seed: int = 0,
    title: str = "",
    folder: str = "",
    diagnosis: Diagnosis | None = None,
) -> Facts:
    """Look at a model from every side. Neither the model, nor its mode, nor the caller's random state changes.

    Arguments:
        model: The trained model.
        dataset: The data it was trained on; pictures show its test split.
        rows: The events of metrics.jsonl.
        measurements: By name or as a list; `Measurement` or its JSON.
        spec: The content of spec.json.
        seed: The pictures follow from it.
        title: Name of the run; left out, recipe and data.
        folder: Name of the run folder.
        diagnosis: What is wrong with the run; None: nobody asked.

    Raises:
        DataError: If the data set has no examples.
    """
    split = shown_split(dataset)
    recipe = str(spec.get("recipe", "model"))
    given = measurements.values() if isinstance(measurements, Mapping) else measurements
    found = tuple(revived(m) for m in given)
    arrays = look(model, dataset, split, seed) | nearest(model, dataset, found, seed)
    return Facts(
        title=title or f"{recipe} on {dataset.name}",
        recipe=recipe,
        spec=spec,
        rows=tuple(rows),
        measurements=found,
        arrays=visible(arrays, dataset.event),
        sounds=clips(dataset.form, arrays),
        notes=remarks(model, dataset),
        data=described(dataset, split),
        folder=folder,
        diagnosis=diagnosis,
        learning=model.prior.learning if spec.get("objective", {}).get("name") == "reconstruction" else "",
    )


def visible(arrays: dict[str, np.ndarray], event: Event) -> dict[str, np.ndarray]:
    """The same arrays, with spectrograms as pictures."""
    if not event.spectrogram:
        return arrays
    return {name: spectrograms(array) if name in EXAMPLES else array for name, array in arrays.items()}


def remarks(model: LatentModel, dataset: Dataset) -> tuple[str, ...]:
    """What the reader must know before anything else: what is left out and why, what every number is given."""
    found = of_model(model)
    if len(dataset.rows("test")) < FEWEST:
        found.append("There is no test split, so nothing was measured: other examples would be needed.")
    return tuple(found)


def of_model(model: LatentModel) -> list[str]:
    """The remarks that follow from the model alone."""
    found = []
    if model.encoder is None:
        found.append(
            "This model only generates: it has no encoder, and the code of an example could only be searched for. So "
            "there are no reconstructions, no map of codes and no information per axis, and what needs a code is "
            "undefined."
        )
    if model.condition is not None:
        found.append(
            f"The model is told the {model.condition.name()} of every example: every number and picture is given that. "
            "A likelihood is log p(x\u00a0|\u2060\u00a0label), not log p(x)."
        )
    return found


def shown_split(dataset: Dataset) -> str:
    """The split that the pictures show: test, or the next best one that has examples. The report names it."""
    for split in reversed(SPLITS):
        if len(dataset.rows(split)):
            return split
    raise DataError(f"`dataset` ({dataset.name}) has no examples in any split; a report needs at least one.")


def described(dataset: Dataset, split: str) -> dict[str, Any]:
    """What the data is, as plain JSON."""
    return {
        "name": dataset.name,
        "event": {k: flat(v) for k, v in asdict(dataset.event).items()},
        "sizes": {name: len(dataset.rows(name)) for name in SPLITS},
        "classes": list(dataset.classes),
        "labelled": dataset.y is not None,
        "numbers": dataset.y is not None and dataset.y.is_floating_point(),
        "binarise": dataset.binarise,
        "recommended": dataset.recommended,
        "fingerprint": dataset.fingerprint,
        "notes": list(dataset.notes),
        "split": split,
    }
