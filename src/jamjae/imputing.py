"""From a run and examples with gaps to examples without."""

from typing import Any

import numpy as np
from torch import Tensor

from .asked import of_examples
from .calibrating import calibration, stretched
from .core.errors import Undefined
from .core.shapes import missing
from .data.infer import layout
from .data.like import like
from .data.raw import Raw
from .data.read import find_like
from .imputed import Imputed
from .kept import Kept
from .rowwise import Way, filled


def impute(
    self: Kept,
    source: Any,
    *,
    draws: int = 10,
    interval: float = 0.9,
    method: str = "importance",
    samples: int = 500,
    calibrate: bool = True,
    labels: Any = None,
    seed: int = 0,
) -> Imputed:
    """Examples with their gaps filled in, and how sure that is. See docs/imputation.md for when it misleads.

    Arguments:
        self: A run that was fitted on data that may have gaps.
        source: What `encode` takes; NaN, or an empty cell of a table, is a gap.
        draws: How many completed data sets to draw, for multiple imputation; at most `samples`.
        interval: Share of the missing cells that the intervals are to cover.
        method: "importance", or "gibbs" (a chain for each example; slower).
        samples: Draws for each example.
        calibrate: Whether intervals are held against cells hidden in the validation split.
        labels: Of the examples, which a conditional model needs.
        seed: Of the draws.

    Raises:
        Undefined: Where missing cells have no distribution under this model.

    Example:
        >>> import tempfile
        >>> from jamjae import fit
        >>> x = np.random.default_rng(0).normal(size=(200, 1)) + np.zeros((200, 3))
        >>> x[::7, 1] = np.nan
        >>> run = fit("miwae", x, missing=True, epochs=1, runs=tempfile.mkdtemp())
        >>> found = run.impute(x)
        >>> int(found.missing.sum()), bool(np.isnan(found.values).any())
        (29, False)
    """
    return imputed(self, source, Way(method, samples, draws, interval, seed), labels, calibrate)


def imputed(run: Kept, source: Any, way: Way, labels: Any, calibrate: bool) -> Imputed:
    """See `impute`."""
    event = run.model.event
    if not event.missing:
        raise Undefined(f"{run.folder} was fitted on examples without gaps: fit with missing=True (--missing)")
    raw, about = find_like(source, event, labels, run.form), run.spec["data"]
    x = like(raw, event, about["binarise"], about["unit"])
    gaps = missing(x).numpy()
    rows = filled(run.model, x, of_examples(run.model, raw, len(x), run.classes), way)
    factors = calibration(run, way) if calibrate and gaps.any() else None
    low, high = stretched(rows, factors, run)
    given = original(raw, x)
    return Imputed(
        np.where(gaps, rows.mean, given).astype(given.dtype),
        gaps,
        low,
        high,
        np.where(gaps, rows.draws, given).astype(given.dtype),
        rows.classes,
        rows.trust,
        way.interval,
        factors,
        way.method,
        raw.frame,
        raw.form,
    )


def original(raw: Raw, x: Tensor) -> np.ndarray:
    """The examples in the precision in which they came."""
    if raw.event is not None:
        return x.numpy()
    given = np.asarray(raw.x)
    given = given.reshape(x.shape) if x.ndim == 2 else layout(given)[0]
    return given if given.shape == x.shape and given.dtype.kind == "f" else x.numpy()
