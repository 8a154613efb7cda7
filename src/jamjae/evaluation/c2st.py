"""How well a classifier tells samples from test examples."""

import math
import warnings
from typing import Any

import torch
from torch import Tensor

from .base import Measurement, Subject, metric
from .base.told import area
from .base.views import Score, View, judged

HALVES = 2


@metric(title="How well a classifier tells samples from examples", unit="AUC", better="lower")
def c2st(subject: Subject) -> Measurement:
    r"""Classifier two-sample test: the area under the ROC curve with which a classifier tells samples from test
    examples that it was not trained on; 1/2 where it cannot, 1 where it always can.

        AUC = P(score of a test example > score of a sample) + P(equal) / 2

    Logistic regression on the features and their squares is fitted to one half of samples and test examples, and
    judged on the other half, and the other way round; the AUC is the mean of both. `details` have the accuracy and its
    one-sided p-value, from accuracy ~ N(1/2, 1 / 4n) for n scored rows if samples and examples are alike, and
    "boosted": the AUC of gradient-boosted trees on the first extractor. Extractors and headline as for `kid`.
    Interval: DeLong's. Baseline: training examples in place of the samples.

    Cost: 2,500 samples, their features, four logistic regressions an extractor, and 30 trees four times.

    Failure modes: with enough samples p is 0 for every model there is: the AUC is the size of the effect. A
    classifier that finds nothing proves nothing; a detail that nobody sees can be enough for an AUC of 1.

    Reference:
        Lopez-Paz and Oquab (2017), Revisiting classifier two-sample tests. https://arxiv.org/abs/1610.06545;
        DeLong, DeLong and Clarke-Pearson (1988), Comparing the areas under two or more correlated receiver operating
        characteristic curves. https://doi.org/10.2307/2531595
    """
    first = subject.views[0]
    boosted = {"auc": auc(first.made, first.real, trees()), "training_auc": auc(first.known, first.real, trees())}
    return judged(subject.views, score, baseline_name="training examples", details={"boosted": boosted})


def logistic() -> Any:
    """Logistic regression on standardised features."""
    from sklearn.linear_model import LogisticRegression  # slow to import, and needed here only
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=200))


def trees() -> Any:
    """Gradient-boosted trees: they see what is not additive."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # slow to import, and needed here only

    return HistGradientBoostingClassifier(max_iter=30, early_stopping=False, random_state=0)


def score(view: View) -> Score:
    """The AUC on one view, with the accuracy and its p-value."""
    real, known = squares(view.real), squares(view.known)
    tested = crossed(squares(view.made), real, logistic())
    value, error = mean_area(tested)
    low, high = max(0.0, value - 1.96 * error), min(1.0, value + 1.96 * error)
    return Score(value, low, high, auc(known, real, logistic()), accuracy(tested))


def auc(made: Tensor, real: Tensor, model: Any) -> float:
    """The AUC alone."""
    return mean_area(crossed(made, real, model))[0]


def mean_area(tested: list[tuple[Tensor, Tensor]]) -> tuple[float, float]:
    """The mean AUC of both halves and its standard error."""
    areas = [area(scores[y == 1], scores[y == 0]) for scores, y in tested]
    return sum(a for a, _ in areas) / HALVES, math.sqrt(sum(e**2 for _, e in areas)) / HALVES


def squares(x: Tensor) -> Tensor:
    """Features and their squares, (n, 2F): means and variances can be told apart."""
    return torch.cat([x, x.square()], 1)


def crossed(made: Tensor, real: Tensor, model: Any) -> list[tuple[Tensor, Tensor]]:
    """Scores of one half by a classifier that learned from the other, and what each row was (1: real), twice."""
    halves = []
    for start in range(HALVES):
        a, b = made[start::HALVES], real[start::HALVES]
        halves.append((torch.cat([a, b]), torch.cat([torch.zeros(len(a)), torch.ones(len(b))])))
    found = []
    for (x, y), (asked, truth) in (halves, halves[::-1]):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a fit that has not converged is a classifier, too
            model.fit(x.numpy(), y.numpy())
        found.append((torch.from_numpy(model.decision_function(asked.numpy())).double(), truth))
    return found


def accuracy(tested: list[tuple[Tensor, Tensor]]) -> dict[str, float]:
    """Share of right answers, and how likely so many are by guessing."""
    right = torch.cat([((s > 0) == (y > 0)).double() for s, y in tested])
    z = (right.mean().item() - 0.5) * 2 * math.sqrt(len(right))
    return {"accuracy": right.mean().item(), "p": 0.5 * math.erfc(z / math.sqrt(2))}
