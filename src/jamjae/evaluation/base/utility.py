"""What can be learned from samples: trained on them, tested on real examples."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ...core.errors import Undefined
from ...core.event import Event
from ...data.spread import Space
from .measurement import Measurement, bootstrap, wilson

FEWEST, TREES = 20, 100


@dataclass(frozen=True)
class Task:
    """A prediction: examples x (n, *event) and what is to be predicted of them, y (n,): classes, or real numbers."""

    x: Tensor
    y: Tensor

    def known(self) -> "Task":
        """The examples whose answer is known."""
        there = ~self.y.isnan() if self.y.is_floating_point() else self.y >= 0
        return Task(self.x[there], self.y[there])


def useful(event: Event, made: Task, train: Task, test: Task) -> Measurement:
    """Gradient-boosted trees trained on samples, beside the same trained on as many training examples.

    The value is the accuracy on test examples, or R^2 = 1 - |y - f|^2 / |y - mean|^2 where answers are numbers.

    Raises:
        Undefined: For fewer than 20 examples with an answer in a split.
    """
    train, test = train.known(), test.known()
    n = min(len(made.x), len(train.x))
    if min(n, len(test.x)) < FEWEST:
        raise Undefined(f"it takes {FEWEST} examples whose answer is known in the training and in the test split")
    space = Space.of(event, train.x)
    asked = space.points(test.x).numpy()
    of_made, of_real = (answers(space.points(t.x[:n]), t.y[:n], asked) for t in (made, train))
    if test.y.is_floating_point():
        return explained(test.y.double(), of_made.double(), of_real.double(), n)
    hits, real = ((found == test.y).double() for found in (of_made, of_real))
    simple = (test.y == train.y.bincount().argmax()).double().mean().item()
    return Measurement(
        value=hits.mean().item(), interval=wilson(hits), unit="accuracy", **beside(real.mean().item(), simple, n)
    )


def beside(real: float, simple: float, n: int) -> dict[str, Any]:
    """What the value is compared with."""
    return {
        "n": n,
        "baseline": real,
        "baseline_name": "trained on training examples",
        "details": {"without_learning": simple},
    }


def explained(truth: Tensor, of_made: Tensor, of_real: Tensor, n: int) -> Measurement:
    """R^2 of both on the same test examples."""

    def share(found: Tensor, rows: Tensor) -> Tensor:
        y = truth[rows]
        return 1 - (y - found[rows]).square().sum() / (y - y.mean()).square().sum().clamp(min=1e-30)

    every = torch.arange(len(truth))
    interval = bootstrap(lambda rows: share(of_made, rows), len(truth))
    about = beside(share(of_real, every).item(), 0.0, n)
    return Measurement(value=share(of_made, every).item(), interval=interval, unit="R^2", **about)


def answers(x: Tensor, y: Tensor, asked: Any) -> Tensor:
    """What trees that learned from rows x (n, F) and their answers y (n,) say of others; NaN is a gap."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor  # slow to import

    if not y.is_floating_point() and len(y.unique()) < 2:
        return y[:1].expand(len(asked))
    kind = HistGradientBoostingRegressor if y.is_floating_point() else HistGradientBoostingClassifier
    model = kind(max_iter=TREES, early_stopping=False, random_state=0).fit(x.numpy(), y.numpy())
    return torch.from_numpy(model.predict(asked))
