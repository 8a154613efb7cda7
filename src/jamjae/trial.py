"""How good predictions are on the test split of a run, beside principal components and beside no features at all."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from . import heads
from .core.pca import principal_components
from .core.seeds import generator, isolated
from .core.shapes import missing
from .data.spread import Space
from .evaluation import Measurement
from .evaluation.base.measurement import bootstrap, wilson
from .heads import CLASSES, NUMBERS
from .kept import Kept

KNOWN = 10_000  # training examples that principal components are taken from
FEWEST = 2  # labelled test examples: an interval needs a spread
WORSE = "the same head predicts better from principal components"
NAMES = {CLASSES: "accuracy", NUMBERS: "r2"}
TITLES = {CLASSES: "Held-out labels named right", NUMBERS: "Held-out spread of the labels explained (R²)"}
BLIND = {CLASSES: "Always the most frequent class", NUMBERS: "Always the mean"}


@dataclass(frozen=True)
class Target:
    """What is to be predicted of a run's examples.

    Arguments:
        y: For every example of the run, (n,): class numbers, -1 where missing, or real numbers, NaN where missing.
        classes: Names of the classes; none for numbers.
    """

    y: Tensor
    classes: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Whether it is a class or a number."""
        return NUMBERS if self.y.is_floating_point() else CLASSES

    def known(self, run: Kept, split: str) -> tuple[np.ndarray, np.ndarray]:
        """Which examples of a split have a label, as places in the split, and these labels."""
        y = self.y[run.dataset.rows(split)]
        places = (~missing(y)).nonzero().flatten()
        return places.numpy(), y[places].numpy()


def measured(run: Kept, target: Target, head: Any, predict: Callable[[np.ndarray], np.ndarray]) -> list[Measurement]:
    """Accuracy (or R^2) on the labelled test examples: of `predict`, of the same head on as many principal components
    as a code has axes, and of the most frequent class (the mean) of the labelled training examples.

    Arguments:
        run: Whose test split.
        target: What is predicted.
        head: What principal components are judged with.
        predict: From places in the test split to predictions.
    """
    places, truth = target.known(run, "test")
    name = NAMES[target.kind]
    if len(places) < FEWEST:
        return [Measurement(name, n=len(places), reason=f"the test split has fewer than {FEWEST} labelled examples")]
    simple, width = components(run, target, head)
    blind = np.full(len(truth), constant(target.known(run, "train")[1], target.kind))
    with isolated(run.settings.seed, "predict", "interval"):
        trials = [Trial(target.kind, truth, guess) for guess in (predict(places), blind)]
        own = trials[0].measured(name, TITLES[target.kind])
        rest = trials[1].measured(f"{name}_constant", BLIND[target.kind])
        if simple is None:
            return [own, rest]
        rival = Trial(target.kind, truth, simple)
        head_on = rival.measured(f"{name}_pca", f"The same head on {width} principal components")
        return [beside(own, trials[0], rival, width), head_on, rest]


def constant(known: np.ndarray, kind: str) -> float:
    """The best that can be said without looking: the most frequent class, or the mean."""
    return float(np.bincount(known).argmax() if kind == CLASSES else known.mean())


def components(run: Kept, target: Target, head: Any) -> tuple[np.ndarray | None, int]:
    """Predictions for the labelled test examples from principal components, and how many; None for categories."""
    if run.dataset.event.levels > 2:
        return None, 0
    seed = run.settings.seed
    train, test = (run.dataset.examples(split, None, seed)[0] for split in ("train", "test"))
    if run.dataset.event.kind == "table":
        space = Space.of(run.dataset.event, train)
        train, test = space.points(train), space.points(test)
    with isolated(seed, "predict", "pca"):
        rows = torch.randperm(len(train), generator=generator(seed, "predict", "rows"))[:KNOWN]
        pca = principal_components(train[rows], math.prod(run.model.prior.shape))
    (places, y), (asked, _) = target.known(run, "train"), target.known(run, "test")
    fitted = heads.made(head, target.kind, seed).fit(pca.encode(train[places]).numpy(), y)
    return fitted.predict(pca.encode(test[asked]).numpy()), len(pca.axes)


class Trial:
    r"""Predictions beside the truth: the share that is right, or R^2 = 1 - sum (y - guess)^2 / sum (y - mean)^2.

    Arguments:
        kind: "classes" or "numbers".
        truth: (n,).
        guess: (n,).
    """

    def __init__(self, kind: str, truth: np.ndarray, guess: np.ndarray) -> None:
        self.kind, self.y = kind, torch.from_numpy(truth).double()
        guessed = torch.from_numpy(np.asarray(guess)).double()
        self.each = (guessed == self.y).double() if kind == CLASSES else (self.y - guessed).square()

    def value(self, rows: Tensor) -> Tensor:
        """The number for some of the examples."""
        if self.kind == CLASSES:
            return self.each[rows].mean()
        spread = (self.y[rows] - self.y[rows].mean()).square().sum()
        return 1 - self.each[rows].sum() / spread

    def measured(self, name: str, title: str) -> Measurement:
        """The number with its interval: Wilson's, or 500 resamples of the examples."""
        n = len(self.y)
        if self.kind == NUMBERS and self.y.min() == self.y.max():
            return Measurement(name, n=n, reason="the test labels are all the same")
        interval = wilson(self.each) if self.kind == CLASSES else bootstrap(self.value, n)
        return Measurement(name, self.value(torch.arange(n)).item(), interval, n, "share", title=title)


def beside(own: Measurement, model: Trial, rival: Trial, width: int) -> Measurement:
    """The model's number with that of principal components; `details` hold the difference, paired by example."""
    if own.value is None:
        return own
    n = len(model.y)
    low, high = bootstrap(lambda rows: model.value(rows) - rival.value(rows), n)
    simple = rival.value(torch.arange(n)).item()
    details = {"difference": own.value - simple, "difference_interval": [low, high]}
    flag = WORSE if high < 0 else ""
    return replace(own, baseline=simple, baseline_name=f"PCA({width})", flag=flag, details=details)
