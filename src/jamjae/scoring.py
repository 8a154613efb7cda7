"""From a run and new examples to their scores."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from . import asked, strangeness
from .anomalies import Scores, check_quantile
from .core.errors import DataError, Undefined, require, unknown
from .core.seeds import generator
from .data.dataset import Dataset
from .data.labels import named
from .data.like import dataset_like
from .data.raw import Raw
from .data.read import find_like, labels_of
from .kept import Kept

KNOWN = 10_000  # training examples whose codes are looked at
SPOKEN = {"0": 0, "1": 1, "False": 0, "True": 1}


def scored(run: Kept, source: Any, by: str | None, labels: Any, samples: int, quantile: float, seed: int) -> Scores:
    """See `Run.score`.

    Example:
        >>> import tempfile
        >>> from jamjae import fit
        >>> run = fit("ae", "digits", latent=2, epochs=1, runs=tempfile.mkdtemp())
        >>> found = scored(run, "digits", "latent", None, 100, 0.99, 0)
        >>> found.scores.shape, found.unit
        ((1797,), 'squared deviations')
    """
    if by is not None and by not in strangeness.KINDS:
        raise unknown("score", by, strangeness.KINDS)
    require(samples >= 1, "`samples` must be at least 1", samples, "Pass samples=100.")
    check_quantile(quantile, len(run.dataset.rows("validation")))
    raw = find_like(source, run.model.event, labels, run.form)
    x, y = examples(run, raw, seed)
    judge = strangeness.Judge(run.model, lambda: split(run, "train", seed), samples, seed)
    kind = strangeness.suited(judge, x, y) if by is None else by
    scores, cells = strangeness.KINDS[kind](judge, x, y)
    expected, _ = strangeness.KINDS[kind](judge, *split(run, "validation", seed))
    return Scores(
        kind,
        strangeness.UNITS[kind],
        numbers(scores, "`source`"),
        numbers(expected, "the validation split"),
        quantile,
        None if cells is None else cells.numpy(),
        None if run.model.condition is not None else truth(raw, len(x), labels is not None),
        tuple(column.name for column in run.model.event.columns),
        raw.frame,
    )


def examples(run: Kept, raw: Raw, seed: int) -> tuple[Tensor, Tensor | None]:
    """New examples as the model sees them, and their labels where it needs them."""
    about = run.spec["data"]
    dataset = dataset_like(raw, run.model.event, about["binarise"], about["unit"])
    y = asked.of_examples(run.model, raw, len(dataset), run.classes)
    return taken(dataset, torch.arange(len(dataset)), seed), y


def split(run: Kept, name: str, seed: int) -> tuple[Tensor, Tensor | None]:
    """At most 10,000 examples of a split of the run, in the same way."""
    rows = run.dataset.rows(name)
    rows = rows[torch.randperm(len(rows), generator=generator(seed, "score", name))][:KNOWN]
    conditional = run.model.condition is not None
    y = asked.needed(run.model, None if run.dataset.y is None else run.dataset.y[rows]) if conditional else None
    return taken(run.dataset, rows, seed), y


def taken(dataset: Dataset, rows: Tensor, seed: int) -> Tensor:
    """The rows one by one: grey pixels become bits by the same draws for each, whichever others there are."""
    return torch.cat([dataset.take(row, generator(seed, "score", "binarise")) for row in rows.split(1)])


def numbers(scores: Tensor, where: str) -> np.ndarray:
    """Scores as an array.

    Raises:
        Undefined: If one is not a number.
    """
    if scores.isnan().any():
        raise Undefined(f"the score of row {int(scores.isnan().nonzero()[0])} of {where} is not a number")
    return scores.numpy()


def truth(raw: Raw, n: int, given: bool) -> np.ndarray | None:
    """1 for anomalies and 0 for normal examples, (n,); None where the labels that came with the data say other things.

    Raises:
        DataError: If they were `given` for this and say other things.
    """
    y, classes, _ = labels_of(raw, n)
    names = [] if y is None else named(y, classes)
    other = sorted(set(names) - SPOKEN.keys())
    if other and given:
        raise DataError(f"`labels` must be 1 for an anomaly and 0 for a normal example; got {other[0]!r}.")
    return None if other or y is None else np.array([SPOKEN[name] for name in names])
