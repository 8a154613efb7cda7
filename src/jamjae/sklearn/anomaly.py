"""Strange rows: an outlier detector over any recipe."""

from collections.abc import Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from sklearn.base import OutlierMixin
from torch import Tensor

from ..anomalies import Scores
from ..core.errors import require
from ..judge import Judge
from ..plan import Plan
from ..scoring import KNOWN
from .base import Estimator
from .scores import meaningful, usual

QUANTILE = 0.99  # of `jamjae score`


class AnomalyDetector(OutlierMixin, Estimator):
    """Rows that a model holds for strange: -1, and 1 for the usual ones, as scikit-learn's detectors say it.

    `score_samples` is minus the score of `jamjae score`: larger is more usual. `decision_function` is `score_samples`
    minus `offset_`, and rows below 0 are flagged. There are two thresholds, for two questions:

    - Is a new row strange? `contamination="auto"`: a tenth of X is held out, and `offset_` is taken from its scores, so
      that of new rows like X 1 % is flagged on average (1 in m + 1 where m < 99 rows are held out).
    - Which rows of X are strange? `contamination=0.05`: `offset_` is the score below which that share of X lies. The
      model knows the rows that it was trained on, so of new rows it flags more, and far more after a long training.

    Reference:
        An and Cho (2015), Variational autoencoder based anomaly detection using reconstruction probability. SNU Data
        Mining Center, special lecture on IE 2(1), 1-18

    Arguments:
        by: "likelihood", "reconstruction", "latent", "neighbours", "combined", "distance", or "inversion" for a recipe
            without an encoder, see docs/anomalies.md; None: the first that has a meaning, which `by_` then names.
        contamination: "auto", or the share of X that is flagged, in (0, 0.5].
        recipe: Any recipe.
        latent: Axes of the code, >= 1; None: a quarter of the columns, at least 2 and at most 20.
        beta: Weight of the KL in training, >= 0, where the objective has one; None: the recipe's, 1 for "vae".
        widths: Units of the encoder's hidden layers, those of the decoder in the opposite order; None: the recipe's.
        likelihood: What the data are and so what the loss is, e.g. "gaussian", "student-t" or a likelihood object;
            None: "bernoulli" if every value is 0 or 1, otherwise "gaussian".
        epochs: Passes over X, > 0; None: as many as make 3,000 steps, or more if the recipe says so.
        batch_size: Rows a step; None: 128 unless the recipe says otherwise.
        lr: Learning rate; None: 0.001 unless the recipe says otherwise.
        samples: Draws of the code for each row that is scored, >= 1.
        options: Further options of `jamjae.fit` by name, e.g. {"prior": "mixture", "patience": 20}.
        runs: A folder in which every fit leaves a run; None: nothing is kept on the disk.
        random_state: Seed of the weights, the batches and every draw, as everywhere in scikit-learn.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> x = load_iris().data
        >>> AnomalyDetector(epochs=5, random_state=0).fit(x).predict(10 * x[:3]).tolist()
        [-1, -1, -1]
        >>> AnomalyDetector(epochs=5, contamination=0.1, random_state=0).fit_predict(x).tolist().count(-1)
        15
    """

    def __init__(
        self,
        *,
        by: str | None = None,
        contamination: float | str = "auto",
        recipe: str = "vae",
        latent: int | None = None,
        beta: float | None = None,
        widths: Sequence[int] | None = None,
        likelihood: Any = None,
        epochs: float | None = None,
        batch_size: int | None = None,
        lr: float | None = None,
        samples: int = 100,
        options: Mapping[str, Any] | None = None,
        runs: str | Path | None = None,
        random_state: Any = None,
    ) -> None:
        self.by = by
        self.contamination = contamination
        self.recipe = recipe
        self.latent = latent
        self.beta = beta
        self.widths = widths
        self.likelihood = likelihood
        self.epochs = epochs
        self.batch_size = batch_size
        self.lr = lr
        self.samples = samples
        self.options = options
        self.runs = runs
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Fit the model to X (n, features), n >= 2, of finite numbers, and the threshold to its scores; y is ignored.

        Raises:
            UsageError: For a wrong argument, and for a score that has no meaning for the recipe.
            DataError: For values that the likelihood cannot take.
        """
        share = self.contamination
        valid = share == "auto" or (isinstance(share, Real) and 0 < share <= 0.5)
        require(valid, "`contamination` must be 'auto', or in (0, 0.5]", share, "Pass contamination=0.1.")
        data = self._fitted(X)
        self.known_ = data.take(data.rows("train")[:KNOWN]).numpy()
        self.judge_ = self._judge()
        if share == "auto":
            self.offset_ = lowest(self._usual(data.take(data.rows("validation")).double()))
        else:
            self.offset_ = float(np.percentile(self._usual(data.take(torch.arange(len(data))).double()), 100 * share))
        return self

    def score_samples(self, X: Any) -> np.ndarray:
        """How usual each row of X (n, features) is, (n,): minus its strangeness, in the units of that score."""
        return self._usual(self._rows(X)[0])

    def decision_function(self, X: Any) -> np.ndarray:
        """`score_samples` minus `offset_`, (n,): negative for the rows that are flagged."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: Any) -> np.ndarray:
        """-1 for the rows of X (n, features) that are flagged, 1 for the others, (n,)."""
        return np.where(self.decision_function(X) < 0, -1, 1)

    def _usual(self, x: Tensor) -> np.ndarray:
        return usual(self.judge_, x, self.by_)

    def _judge(self) -> Judge:
        """Who scores; it remembers what it found out about the training rows."""
        return Judge(self.model_, lambda: (torch.from_numpy(self.known_).double(), None), self.samples)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__getstate__().items() if name != "judge_"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "model_" in state:
            self.judge_ = self._judge()

    def _holds_out(self, options: dict[str, Any]) -> bool:
        return self.contamination == "auto" or super()._holds_out(options)

    def _suits(self, plan: Plan) -> None:
        require(self.samples >= 1, "`samples` must be at least 1", self.samples, "Pass samples=100.")
        if self.contamination == "auto":
            held, rows = (len(plan.dataset.rows(name)) for name in ("validation", "train"))
            require(held > 0, "`validation` must hold rows for contamination='auto'", held, "Pass contamination=0.1.")
            require(rows > 1, "`X` must have at least 3 rows for contamination='auto'", held + rows)
        self.by_ = meaningful(plan, self.by)


def lowest(held: np.ndarray) -> float:
    """The threshold of `jamjae score` from the scores of m rows that were held out: below it are new rows like them
    with probability 0.01 at most, or 1 / (m + 1) where that is more."""
    m = len(held)
    return -Scores("", "", -held, -held, min(QUANTILE, m / (m + 1))).threshold
