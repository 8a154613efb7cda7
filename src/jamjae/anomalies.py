"""Scores of new examples: a threshold, p-values, and how well they find known anomalies."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from .core.errors import require
from .core.seeds import seed_for
from .evaluation import Measurement

RESAMPLES = 500
MOST = 3  # features that are named for each example
Statistic = Callable[[np.ndarray, np.ndarray], float]


@dataclass(frozen=True)
class Scores:
    r"""A number for each example; larger is stranger.

    With m validation scores v, an example is flagged where its p-value is at most 1 - quantile:

        p(s) = (1 + #{v >= s}) / (1 + m)

    So examples like the training data are flagged with probability 1 - quantile at most, over the choice of the
    validation split, whatever the model is worth.

    Reference:
        Bates et al. (2023), Testing for outliers with conformal p-values. https://arxiv.org/abs/2104.08279

    Arguments:
        by: Which score it is.
        unit: Its unit.
        scores: (n,), float64; infinite where the model holds an example for impossible.
        validation: Scores of the run's validation split, (m,).
        quantile: In (0, 1), at most m / (m + 1).
        cells: What every cell contributes to the score, (n, *event), or how to find out; None where nobody knows.
        labels: 1 for anomalies and 0 for normal examples, (n,); None where unknown.
        names: Names of the cells; empty where they have none.
        frame: The rows that were scored, as they were read: a pandas data frame; None where they were no table.

    Example:
        >>> found = Scores("latent", "", np.array([1.0, 9.5]), np.arange(10.0), 0.9)
        >>> found.threshold, found.flagged.tolist(), found.p_values.round(3).tolist()
        (9.0, [False, True], [0.909, 0.091])
    """

    by: str
    unit: str
    scores: np.ndarray
    validation: np.ndarray
    quantile: float = 0.99
    cells: np.ndarray | Callable[[], np.ndarray] | None = field(default=None, repr=False)
    labels: np.ndarray | None = field(default=None, repr=False)
    names: tuple[str, ...] = ()
    frame: Any = field(default=None, repr=False)

    def __post_init__(self) -> None:
        check_quantile(self.quantile, len(self.validation))

    @property
    def threshold(self) -> float:
        """The score above which an example is flagged: the ceil((m + 1) quantile)-th smallest of the validation."""
        return float(np.sort(self.validation)[rank(self.quantile, len(self.validation)) - 1])

    @property
    def flagged(self) -> np.ndarray:
        """Which examples are above the threshold, (n,)."""
        return self.scores > self.threshold

    @property
    def p_values(self) -> np.ndarray:
        """How often an example like the training data is at least as strange, (n,), in [1 / (m + 1), 1]."""
        return p_values(self.scores, self.validation)

    @cached_property
    def contributions(self) -> np.ndarray | None:
        """What every cell adds to the score, (n, *event).

        Where the score is no sum over cells, what it loses when the cell is replaced (see `replacement`), for the 100
        strangest flagged rows, and NaN for the others; None where cells have no meaning alone.
        """
        return self.cells() if callable(self.cells) else self.cells

    def features(self, row: int) -> list[tuple[str, float]]:
        """The three cells that contribute most to the score of an example, by name or by their place in it (`4` of a
        vector, `2 7 0` of a picture), and how much; empty where that is not known."""
        cells = np.array(np.nan) if self.contributions is None else self.contributions[row]
        if np.isnan(cells).any():
            return []
        top = np.argsort(-cells, axis=None, kind="stable")[:MOST]
        named = self.names or [" ".join(map(str, place)) for place in np.ndindex(cells.shape)]
        return [(named[k], float(cells.flat[k])) for k in top]

    @cached_property
    def detection(self) -> list[Measurement]:
        """How well the scores find the known anomalies; empty without labels.

        ROC AUC is the probability that an anomaly is scored above a normal example; average precision the area under
        precision over recall. Interval: 500 resamples of anomalies and of normal examples.
        """
        if self.labels is None:
            return []
        from sklearn.metrics import average_precision_score, roc_auc_score  # slow to import, and needed here only

        share = float(self.labels.mean())
        return [
            self._measured("roc_auc", roc_auc_score, 0.5, "chance"),
            self._measured("average_precision", average_precision_score, share, "share of anomalies"),
        ]

    def _measured(self, name: str, statistic: Statistic, baseline: float, called: str) -> Measurement:
        labels, scores = self.labels, np.nan_to_num(self.scores, posinf=np.finfo(float).max)
        assert labels is not None
        groups = [np.flatnonzero(labels == k) for k in (0, 1)]
        if not all(map(len, groups)):
            return Measurement(name, n=len(labels), reason="the labels name no anomaly, or nothing but anomalies")
        random = np.random.default_rng(seed_for("anomalies", "bootstrap"))
        rows = [np.concatenate([random.choice(g, len(g)) for g in groups]) for _ in range(RESAMPLES)]
        low, high = np.quantile([statistic(labels[r], scores[r]) for r in rows], [0.025, 0.975])
        value, interval = float(statistic(labels, scores)), (float(low), float(high))
        return Measurement(name, value, interval, len(labels), "share", baseline, called)

    def summary(self) -> dict[str, Any]:
        """Everything but the rows, as plain JSON."""
        return {
            "by": self.by,
            "unit": self.unit,
            "n": len(self.scores),
            "flagged": int(self.flagged.sum()),
            "quantile": self.quantile,
            "threshold": finite(self.threshold),
            "validation": len(self.validation),
            "detection": [m.to_json() for m in self.detection],
        }

    def columns(self) -> dict[str, list[Any]]:
        """Score, flag, p-value and the features that contribute most, None where they are not known; a column each."""
        shown = range(0 if self.contributions is None else min(MOST, self.contributions[0].size))
        found: dict[str, list[Any]] = {
            "score": self.scores.tolist(),
            "flagged": self.flagged.astype(int).tolist(),
            "p_value": self.p_values.tolist(),
        }
        features = [self.features(row) or [(None, None)] * len(shown) for row in range(len(self.scores))]
        for k in shown:
            found[f"feature_{k + 1}"] = [pairs[k][0] for pairs in features]
            found[f"contribution_{k + 1}"] = [pairs[k][1] for pairs in features]
        return found

    def table(self) -> Any:
        """The rows that were scored with `columns` after their own, which keep their names; None without a table."""
        if self.frame is None:
            return None
        taken = set(self.frame.columns)
        return self.frame.assign(**{_free(name, taken): values for name, values in self.columns().items()})

    def rows(self) -> list[dict[str, Any]]:
        """One dictionary an example, as plain JSON; an infinite score is None."""
        every = zip(self.scores.tolist(), self.flagged.tolist(), self.p_values.tolist(), strict=True)
        return [
            {
                "row": number,
                "score": finite(score),
                "flagged": flagged,
                "p_value": p,
                "features": [{"feature": name, "contribution": finite(v)} for name, v in self.features(number)],
            }
            for number, (score, flagged, p) in enumerate(every)
        ]


def _free(name: str, taken: set[str]) -> str:
    """A name that no column has yet."""
    return name if name not in taken else _free(f"jamjae_{name}", taken)


def p_values(scores: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """(1 + #{u >= s}) / (1 + m) for every score s, (n,), beside m usual scores u.

    Example:
        >>> p_values(np.array([0.5, 2.0, 9.0]), np.array([3.0, 1.0, 2.0]))
        array([1.  , 0.75, 0.25])
    """
    below = np.searchsorted(np.sort(usual), scores, side="left")
    return (1 + len(usual) - below) / (1 + len(usual))


def rank(quantile: float, m: int) -> int:
    """Which of m validation scores, in rising order, is the threshold."""
    return math.ceil((m + 1) * quantile - 1e-9)  # 0.99 is a little more than 99 / 100 in binary


def check_quantile(quantile: float, m: int) -> None:
    """Refuse a quantile that m validation scores cannot tell.

    Raises:
        UsageError: With the largest quantile that they can.
    """
    require(0 < quantile < 1, "`quantile` must lie between 0 and 1", quantile, "Pass quantile=0.99.")
    largest = math.floor(1000 * m / (m + 1)) / 1000
    require(m > 0, "`validation` must hold examples: the threshold comes from them", m, "Fit with validation=0.1.")
    require(
        rank(quantile, m) <= m,
        f"`quantile` must be at most m / (m + 1) of m = {m} validation examples",
        quantile,
        f"Pass quantile={largest:g}, or fit with a larger `validation`.",
    )


def finite(value: float) -> float | None:
    """The value; None where it is infinite, which JSON does not know."""
    return value if math.isfinite(value) else None
