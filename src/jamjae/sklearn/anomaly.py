"""Strange rows: an outlier detector over any recipe."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from sklearn.base import OutlierMixin
from torch import Tensor

from ..core.errors import require
from ..plan import Plan
from ..strangeness import gaussian
from .base import Estimator
from .scores import meaningful, usual


class AnomalyDetector(OutlierMixin, Estimator):
    """Rows that a model holds for strange: -1, and 1 for the usual ones, as scikit-learn's detectors say it.

    `score_samples` is minus the score of `jamjae score`: larger is more usual. `offset_` is the score below which the
    share `contamination` of the training rows lies, and `decision_function` is `score_samples` minus `offset_`. New
    rows like the training rows are flagged somewhat more often than that, because the model knows the training rows;
    a promised share of false alarms is given by `Run.score`, which holds rows out.

    Reference:
        An and Cho (2015), Variational autoencoder based anomaly detection using reconstruction probability. SNU Data
        Mining Center, special lecture on IE 2(1), 1-18

    Arguments:
        by: "likelihood", "reconstruction", "latent", or "inversion" for a recipe without an encoder, see
            docs/anomalies.md; None: the first that has a meaning, which `by_` then names.
        contamination: Share of training rows that are flagged, in (0, 0.5].
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
        >>> detector = AnomalyDetector(epochs=5, contamination=0.1, random_state=0)
        >>> int((detector.fit_predict(load_iris().data) == -1).sum())
        15
    """

    def __init__(
        self,
        *,
        by: str | None = None,
        contamination: float = 0.1,
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
        require(0 < share <= 0.5, "`contamination` must be in (0, 0.5]", share, "Pass contamination=0.1.")
        x = self._seen(self._fitted(X))
        self.codes_ = gaussian(self.model_, x, None) if self.by_ == "latent" else None
        self.offset_ = float(np.percentile(self._usual(x), 100 * share))
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
        return usual(self.model_, x, self.by_, self.samples, self.codes_)

    def _suits(self, plan: Plan) -> None:
        require(self.samples >= 1, "`samples` must be at least 1", self.samples, "Pass samples=100.")
        self.by_ = meaningful(plan, self.by)
