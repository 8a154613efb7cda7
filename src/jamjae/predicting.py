"""From a run and labels to predictions: a small head on the codes of the training split."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from . import coding, heads, passes
from .core.errors import DataError, Undefined, UsageError, require
from .data.files import labels as read_labels
from .data.labels import encode
from .data.read import find, find_like, labels_of
from .evaluation import Measurement
from .heads import CLASSES
from .kept import Kept
from .models.latent import LatentModel
from .predictions import Predictions
from .trial import Target, measured

Guess = tuple[np.ndarray, np.ndarray | None]  # predictions (n,), and probabilities (n, classes) where there are any


@dataclass(frozen=True)
class Fitted:
    """A head that has learned, with what it was asked for.

    Arguments:
        head: As it was given, and what it looked like: an object may change afterwards.
        by: What predicts, in words.
        target: What it predicts.
        learned_from: How many labelled training examples it saw.
        guess: From examples x (n, *event) and their labels for the encoder to predictions.
        measured: How good it is.
    """

    head: tuple[Any, str]
    by: str
    target: Target
    learned_from: int
    guess: Callable[[Tensor], Guess]
    measured: list[Measurement]


_LAST: WeakKeyDictionary[LatentModel, Fitted] = WeakKeyDictionary()


def predicted(run: Kept, source: Any, head: Any = None, labels: Any = None) -> Predictions:
    """See `Run.predict`.

    Example:
        >>> import tempfile
        >>> from jamjae import fit
        >>> run = fit("ae", "digits", latent=8, epochs=5, runs=tempfile.mkdtemp())
        >>> found = predicted(run, "digits")
        >>> len(found), found.by, found.learned_from, found.measured[0].value > found.measured[-1].value
        (1797, 'logistic on 8 code axes', 1258, True)
    """
    if labels is not None:
        untold(run, "labels", labels)
    found, last = target(run, labels), _LAST.get(run.model)
    if last is None or not same(last, head, found):
        last = _LAST[run.model] = fitted(run, head, found)
    x, _ = coding.seen(run, find_like(source, run.model.event, None, run.form))
    guess, probabilities = last.guess(x)
    about = last.by, last.learned_from, last.measured, last.target.classes
    if last.target.kind == CLASSES:
        return Predictions(*about, [last.target.classes[k] for k in guess.astype(int)], probabilities)
    return Predictions(*about, values=guess.astype(float))


def same(last: Fitted, head: Any, found: Target) -> bool:
    """Whether the question is the last one again."""
    equal = last.head[0] == head if isinstance(head, str) else last.head[0] is head
    labels = np.array_equal(last.target.y, found.y, equal_nan=found.y.is_floating_point())
    return bool(equal and last.head[1] == repr(head) and labels and last.target.classes == found.classes)


def untold(run: Kept, name: str, value: Any) -> None:
    """Refuse what a model with a classifier of its own has no use for."""
    condition = run.model.condition
    own = condition is not None and condition.classifier is not None
    require(not own, f"`{name}` must be left out: this model has a classifier q(y | x)", value, "Leave it out.")


def fitted(run: Kept, head: Any, found: Target) -> Fitted:
    """Let a head learn the training labels of a run, and measure it on the test split.

    Raises:
        UsageError: Without labels, or for a head that does not suit them.
        Undefined: For a model without an encoder, and for one that is told the label.
    """
    if run.model.condition is not None:
        return inferring(run, head, found)
    places, y = found.known(run, "train")
    enough(y, found)
    learner = heads.made(head, found.kind, run.settings.seed)
    codes = coding.of_split(run, "train")
    learner.fit(codes[places], y)

    def of_codes(codes: np.ndarray) -> Guess:
        return learner.predict(codes), heads.probabilities(learner, codes, len(found.classes))

    def guess(x: Tensor) -> Guess:
        return of_codes(passes.encoded(run.model, x, None).reshape(len(x), -1))

    numbers = measured(run, found, head, lambda tested: of_codes(coding.of_split(run, "test")[tested])[0])
    by = f"{heads.called(head, found.kind)} on {codes.shape[1]} code axes"
    return Fitted((head, repr(head)), by, found, len(y), guess, numbers)


def inferring(run: Kept, head: Any, found: Target) -> Fitted:
    """The classifier q(y | x) of a model that infers labels; it has learned already.

    Raises:
        Undefined: For a conditional model without one.
        UsageError: For another head.
    """
    model = run.model
    if model.condition is None or model.condition.classifier is None:
        raise Undefined(
            "this model is told the label, so its codes need not hold it. Fit without --condition, or fit `m2`, "
            "which infers labels."
        )
    if head is not None:
        untold(run, "head", head)

    def guess(x: Tensor) -> Guess:
        share = passes.inferred(model, x)
        return share.argmax(1), share

    def test(places: np.ndarray) -> np.ndarray:
        x, _ = run.dataset.examples("test", None, run.settings.seed)
        return guess(x[torch.from_numpy(places)])[0]

    known = found.known(run, "train")[1]
    return Fitted((head, repr(head)), "q(y | x)", found, len(known), guess, measured(run, found, None, test))


def target(run: Kept, labels: Any) -> Target:
    """What is to be predicted: the labels of the run's own data, or others, one for each of its examples.

    Raises:
        UsageError: If there are none.
        DataError: If there are not as many as examples.
    """
    n = len(run.dataset)
    if labels is not None:
        return Target(*given(run, labels, n))
    if run.dataset.y is None:
        raise UsageError(
            f"{run.spec['data']['name']} has no labels to predict. Pass them, one for each of its {n:,} examples (None "
            "where unknown): --labels FILE, in Python labels=..."
        )
    return Target(run.dataset.y.cpu(), run.dataset.classes)


def given(run: Kept, labels: Any, n: int) -> tuple[Tensor, tuple[str, ...]]:
    """Other labels for the run's data: (n,), and names of the classes."""
    source = run.spec["data"]["source"]
    if isinstance(labels, str) and source is not None:
        y, classes, _ = labels_of(find(source, run.settings.seed, labels), n)
        assert y is not None
        return y, classes
    y, classes, _ = encode(read_labels(labels, None) if isinstance(labels, (str, Path)) else labels, n)
    return y, classes


def enough(y: np.ndarray, found: Target) -> None:
    """Refuse to learn from nothing, or from a single class.

    Raises:
        DataError: With how many labels there are.
    """
    different = len(np.unique(y))
    if different < 2:
        what = "classes" if found.kind == CLASSES else "values"
        raise DataError(
            f"the {len(y)} labelled training examples have {different} different {what}; a head needs 2 or more. Label "
            "more examples."
        )
