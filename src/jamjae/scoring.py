"""From a run and new examples to their scores."""

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from . import asked, passes, strangeness
from .anomalies import Scores, check_quantile
from .core.errors import DataError, Undefined, require, unknown
from .core.seeds import generator
from .data.dataset import Dataset
from .data.labels import named
from .data.like import dataset_like
from .data.raw import Raw
from .data.read import find_like, labels_of
from .data.taken import Taken
from .judge import Judge
from .kept import Kept
from .models.latent import LatentModel
from .replacement import replaceable, replaced

KNOWN = 10_000  # training examples whose codes are looked at
SPOKEN = {"0": 0, "1": 1, "False": 0, "True": 1}


def score(
    run: Kept,
    source: Any,
    *,
    by: str | None = None,
    labels: Any = None,
    samples: int = 100,
    quantile: float = 0.99,
    seed: int = 0,
    background: Kept | None = None,
) -> Scores:
    """How strange each example in `source` is; larger is stranger. See docs/anomalies.md for when it misleads.

    Arguments:
        run: Whose model judges.
        source: What `encode` takes.
        by: "likelihood", "reconstruction", "latent", "neighbours", "combined", "ratio", "distance", or "inversion" for
            a model without an encoder; None: the first that has a meaning.
        labels: 1 for an anomaly and 0 for a normal example, if known; a conditional model is told them instead.
        samples: Draws of the code for each example.
        quantile: Of the scores of the validation split, above which an example is flagged.
        seed: Of the draws.
        background: With by="ratio", the run whose likelihood is compared with this one's.

    Raises:
        Undefined: Where the score has no meaning for this model.

    Example:
        >>> import tempfile
        >>> from jamjae import fit
        >>> run = fit("ae", "digits", latent=2, epochs=1, runs=tempfile.mkdtemp())
        >>> found = score(run, "digits", by="latent")
        >>> found.scores.shape, found.unit
        ((1797,), 'squared deviations')
    """
    if by is not None and by not in strangeness.KINDS:
        raise unknown("score", by, strangeness.KINDS)
    require(samples >= 1, "`samples` must be at least 1", samples, "Pass samples=100.")
    check_quantile(quantile, len(run.dataset.rows("validation")))
    raw = find_like(source, run.model.event, labels, run.form)
    x, y = examples(run, raw, seed)
    other = None if background is None else beside(run, background, by)
    judge = Judge(run.model, lambda: split(run, "train", seed), samples, seed, other)
    by = strangeness.suited(judge, x, y) if by is None else by
    known = None if run.model.condition is not None else truth(raw, len(x), labels is not None)
    return judged(run, judge, by, x, y, quantile, known, raw.frame)


def judged(
    run: Kept, judge: Judge, by: str, x: Any, y: Tensor | None, quantile: float, known: np.ndarray | None, frame: Any
) -> Scores:
    """The scores of examples beside those of the validation split, and what each cell contributes."""
    kind, event = strangeness.KINDS[by], judge.model.event
    scores, cells = kind(judge, x, y)
    expected, _ = kind(judge, *split(run, "validation", judge.seed))
    found = Scores(
        by,
        strangeness.UNITS[by],
        numbers(scores, "`source`"),
        numbers(expected, "the validation split"),
        quantile,
        None if cells is None else cells.numpy(),
        known,
        tuple(column.name for column in event.columns),
        frame,
    )
    if cells is not None or not replaceable(event):
        return found
    return replace(found, cells=lambda: replaced(judge, kind, x, y, scores, found.flagged))


def beside(run: Kept, background: Kept, by: str | None) -> LatentModel:
    """The model of the background run, which must see the same examples in the same way.

    Raises:
        UsageError: If it does not, or if no ratio is asked for.
    """
    require(by == "ratio", "`background` is for by='ratio' alone", by, "Pass --by ratio, or leave it out.")
    own, other = seen(run), seen(background)
    names = [name for name in own if own[name] != other[name]]
    differing = {name: other[name] for name in names}
    both = run.model.condition is not None and background.classes == run.classes
    told = background.model.condition is None or both
    rule = "`background` must be a run on examples of the same kind" if names else "`background` must know the classes"
    require(not names and told, f"{rule} as {run.folder.name}", differing or background.classes, "Fit one like it.")
    return background.model


def seen(run: Kept) -> dict[str, Any]:
    """How the model of a run sees an example."""
    event, about = run.model.event, run.spec["data"]
    values = {"shape": event.shape, "levels": event.levels, "columns": [column.name for column in event.columns]}
    fields = (about.get("form") or {}).get("fields")
    return {**values, "binarise": about["binarise"], "unit": about["unit"], "fields": fields}


def examples(run: Kept, raw: Raw, seed: int) -> tuple[Any, Tensor | None]:
    """New examples as the model sees them, and their labels where it needs them."""
    about = run.spec["data"]
    dataset = dataset_like(raw, run.model.event, about["binarise"], about["unit"])
    rows = torch.arange(len(dataset))
    whole = dataset.mapped and dataset.binarise != "stochastic"
    x = Taken(dataset, seed) if whole else taken(dataset, rows, seed)
    return x, asked.of_examples(run.model, raw, x, run.classes)


def split(run: Kept, name: str, seed: int) -> tuple[Tensor, Tensor | None]:
    """At most 10,000 examples of a split of the run, in the same way."""
    rows = run.dataset.rows(name)
    rows = rows[torch.randperm(len(rows), generator=generator(seed, "score", name))][:KNOWN]
    x = taken(run.dataset, rows, seed)
    if run.model.condition is None:
        return x, None
    y = None if run.dataset.y is None else run.dataset.y[rows]
    return x, asked.needed(run.model, passes.known(run.model, x, y))


def taken(dataset: Dataset, rows: Tensor, seed: int) -> Tensor:
    """The rows one by one: grey pixels become bits by the same draws for each, whichever others there are."""
    if dataset.binarise != "stochastic":
        return dataset.take(rows)
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
