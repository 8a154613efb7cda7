"""Codes of examples: of any source, and of a run's own splits, which are kept while the model is in use."""

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from torch import Tensor

from . import asked, passes
from .core.errors import Undefined, require
from .data.labels import named
from .data.like import dataset_like
from .data.raw import Raw
from .data.read import find_like, labels_of
from .data.taken import Taken, everything
from .kept import Kept
from .models.latent import LatentModel

_KEPT: WeakKeyDictionary[LatentModel, dict[str, np.ndarray]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Codes:
    """Codes of examples, and what is known of them.

    Arguments:
        codes: (n, *latent).
        labels: As text, (n,), empty where unknown; None without labels.
        deviations: The posterior's standard deviations, (n, *latent); None where they were not asked for.
        errors: Squared error of the picture of every code, (n,), where codes are searched for; otherwise None.
    """

    codes: np.ndarray
    labels: list[str] | None
    deviations: np.ndarray | None = None
    errors: np.ndarray | None = None


def coded(run: Kept, source: Any = None, labels: Any = None, deviation: bool = False) -> Codes:
    """Codes of all examples in `source`, in their order; None: the run's own data, all splits.

    Raises:
        UsageError: For `labels` without a `source`.
        Undefined: For deviations that the posterior does not have.

    Example:
        >>> import tempfile
        >>> from jamjae import fit
        >>> run = fit("vae", "digits", latent=2, epochs=1, runs=tempfile.mkdtemp())
        >>> found = coded(run, deviation=True)
        >>> found.codes.shape, found.deviations.shape, found.labels[:3]
        ((1797, 2), (1797, 2), ['0', '1', '2'])
    """
    require(source is not None or labels is None, "`labels` belong to a `source`", labels, "Pass the examples, too.")
    if source is None:
        dataset = run.dataset
        x = everything(dataset, run.settings.seed, "binarise", "all")
        y, classes, told = dataset.y, dataset.classes, dataset.y
    else:
        raw = find_like(source, run.model.event, labels, run.form)
        x, told = seen(run, raw)
        y, classes, _ = labels_of(raw, len(x))
    codes, errors = searched(run.model, x, told)
    deviations = passes.deviations(run.model, x, told) if deviation else None
    return Codes(codes, None if y is None else named(y, classes), deviations, errors)


def seen(run: Kept, raw: Raw) -> tuple[Any, Tensor | None]:
    """New examples as the model sees them, (n, *event), and their labels (n,) where it needs them."""
    about = run.spec["data"]
    x = everything(dataset_like(raw, run.model.event, about["binarise"], about["unit"]), "like", "binarise")
    return x, asked.of_examples(run.model, raw, x, run.classes)


def searched(model: LatentModel, x: Tensor | Taken, y: Tensor | None) -> tuple[np.ndarray, np.ndarray | None]:
    """Codes (n, *latent); without an encoder they are searched for, and their squared errors (n,) come with them."""
    return (passes.encoded(model, x, y), None) if model.encoder is not None else passes.inverted(model, x, y)


def of_split(run: Kept, split: str) -> np.ndarray:
    """Codes of all examples of a split of the run, (n, axes), in the order of its rows.

    Raises:
        Undefined: For a model without an encoder: the search for so many codes would take hours.
    """
    if run.model.encoder is None:
        raise Undefined("this model has no encoder, so its examples have no codes. Fit one that has, such as `vae`.")
    kept = _KEPT.setdefault(run.model, {})
    if split not in kept:
        codes = passes.encoded(run.model, *run.dataset.examples(split, None, run.settings.seed))
        kept[split] = codes.reshape(len(codes), -1)
    return kept[split]
