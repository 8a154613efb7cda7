"""Synthetic rows from a run, and how far they can stand in for real ones."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from . import asked
from .core.errors import Undefined, UsageError, require, unknown
from .core.event import Event
from .core.seeds import isolated
from .data.labels import named
from .evaluation import Measurement, Subject, evaluate
from .evaluation.base.columns import columned
from .evaluation.base.utility import Task, useful
from .kept import Kept

MEASURED = ("marginals", "pairs", "c2st", "memorisation", "utility")


@dataclass(frozen=True)
class Synthetic:
    """Synthetic rows and what was measured about rows that were drawn in the same way.

    Arguments:
        values: Draws of p(x), (n, *event), with the noise of the likelihood.
        labels: Under which labels they were made, (n,); None for a model that is told none.
        measured: Measurements by name.
        label: Name of the column of the labels.
        form: How rows are read; None where they are plain numbers.
    """

    values: np.ndarray
    labels: list[str] | None
    measured: dict[str, Measurement] = field(default_factory=dict)
    label: str = "label"
    form: Any = None

    def table(self) -> Any:
        """The rows as a pandas data frame, the labels as its last column."""
        import pandas as pd  # an extra

        flat = self.values.reshape(len(self.values), -1)
        frame = pd.DataFrame(flat) if self.form is None else self.form.readable(self.values)
        frame = frame.rename(columns=str)
        return frame if self.labels is None else frame.assign(**{self.label: self.labels})


def generate(
    run: Kept, n: int = 1000, *, label: Any = None, target: str | None = None, seed: int = 0, measure: bool = True
) -> Synthetic:
    """n synthetic rows of a table (or vectors), and what they are worth.

    Measured on other rows that are drawn in the same way: `marginals` and `pairs` (is every column, and do two columns
    together look like the data's), `c2st` (can a classifier tell them from real rows), `memorisation` (are they copies)
    and `utility` (does what is learned from them hold for real rows).

    Arguments:
        run: A run on a table or on vectors.
        n: How many rows.
        label: As in `sample`.
        target: A column of the table that is predicted from the others for `utility`; None: the label, where the model
            is told one.
        seed: Of the rows.
        measure: Whether to measure.

    Raises:
        Undefined: For pictures and other data whose cells are no columns.
        UsageError: For an unknown column.

    Example:
        >>> import tempfile
        >>> from sklearn.datasets import load_iris
        >>> from jamjae import fit
        >>> run = fit("vae", load_iris().data, epochs=1, runs=tempfile.mkdtemp())
        >>> generate(run, 5, measure=False).values.shape
        (5, 4)
    """
    require(n >= 1, "`n` must be at least 1", n, "Pass n=1000.")
    subject = run.subject()
    columned(subject)
    place = None if target is None else _column(run.model.event, target)
    y = asked.shared(run.model, run.classes, label, n)
    with isolated(seed, "generate"), torch.no_grad():
        z, y = run.model.draw(n, y)
        made = run.model.decode(z, y).sample()
    labels = None if y is None else named(y, run.classes)
    about = {"label": getattr(run.form, "label", "") or "label", "form": run.form}
    found = measured(subject, target, place) if measure else {}
    return Synthetic(made.numpy(), labels, found, **about)


def measured(subject: Subject, target: str | None, place: int | None) -> dict[str, Measurement]:
    """What is said about synthetic rows, by name."""
    if target is None or place is None:
        return evaluate(subject, MEASURED)
    found = evaluate(subject, MEASURED[:-1])
    return found | {"utility": predicted(subject, target, place)}


def predicted(subject: Subject, target: str, place: int) -> Measurement:
    """How well a column is predicted from the others by trees that learned from synthetic rows."""
    event = subject.dataset.event
    train = subject.train[0]
    made = torch.cat(list(subject.draws(len(train))))
    tasks = [_task(event, x, place) for x in (made, train, subject.x)]
    rest = tuple(c for k, c in enumerate(event.columns) if k != place)
    others = replace(event, shape=(event.cells - 1,), columns=rest)
    about = {"name": "utility", "title": f"{target}, predicted by what is learned from samples"}
    try:
        return replace(useful(others, *tasks), **about)
    except Undefined as reason:
        return Measurement(**about, reason=str(reason))


def _task(event: Event, x: Tensor, place: int) -> Task:
    """Rows without the column, and the column: classes, -1 where missing, or numbers."""
    y = x[:, place]
    if event.columns and event.columns[place].levels:
        y = y.nan_to_num(-1.0).long()
    return Task(torch.cat([x[:, :place], x[:, place + 1 :]], 1), y)


def _column(event: Event, target: str) -> int:
    """The place of a column by its name, or by its number in vectors."""
    if event.cells < 2:
        raise UsageError(f"`target` needs another column to predict it from; got {target!r}. Leave `target` out.")
    names = [c.name for c in event.columns] or [str(k) for k in range(event.cells)]
    if target not in names:
        raise unknown("column for `target`", target, names)
    return names.index(target)
