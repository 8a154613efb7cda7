"""Gaps filled in, as a transformer."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from sklearn.base import OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import Tags

from ..core.errors import require
from ..core.mode import evaluating
from ..core.seeds import isolated
from ..core.shapes import missing
from ..filling import importance
from ..plan import Plan
from ..rowwise import Way, filled
from .base import Estimator, seed


class VAEImputer(OneToOneFeatureMixin, TransformerMixin, Estimator):
    """NaN is filled in with the mean of its posterior predictive distribution; all other cells stay as they are.

    `transform` fills in every row on its own, so that it does not depend on the others. Intervals and several draws are
    what `Run.impute` gives.

    Reference:
        Mattei and Frellsen (2019), MIWAE: deep generative modelling and imputation of incomplete data sets.
        https://arxiv.org/abs/1812.02633

    Arguments:
        latent: Axes of the code, >= 1; None: what the recipe takes, half of the columns in "miwae", at most 20.
        recipe: Any recipe with an encoder and a density, e.g. "miwae", "vae", "iwae".
        epochs: Passes over X, > 0; None: as many as make 3,000 steps.
        samples: Draws of the code for each row, >= 1.
        options: Further options of `jamjae.fit` by name, e.g. {"lr": 0.001}.
        runs: A folder in which every fit leaves a run; None: nothing is kept on the disk.
        random_state: Seed of the weights, the batches and every draw, as everywhere in scikit-learn.

    Example:
        >>> x = np.random.default_rng(0).normal(size=(100, 1)) + np.zeros((100, 3))
        >>> x[0, 1] = np.nan
        >>> VAEImputer(epochs=1, random_state=0).fit_transform(x).shape
        (100, 3)
    """

    gaps = True

    def __init__(
        self,
        latent: int | None = None,
        *,
        recipe: str = "miwae",
        epochs: float | None = None,
        samples: int = 200,
        options: Mapping[str, Any] | None = None,
        runs: str | Path | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent = latent
        self.recipe = recipe
        self.epochs = epochs
        self.samples = samples
        self.options = options
        self.runs = runs
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn which values go together from X (n, features), n >= 2, in which NaN is a missing cell; y is ignored.

        Raises:
            UsageError: For a wrong argument.
            DataError: For a column of which no cell is known.
        """
        self._fitted(X)
        self.seed_ = seed(self.random_state)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """X (n, features) with NaN filled in, in the type in which it is given."""
        x, dtype = self._rows(X)
        rows = filled(self.model_, x, None, Way(samples=self.samples, draws=0, seed=self.seed_))
        given = np.asarray(X, dtype)
        return np.where(missing(x).numpy(), rows.mean, given).astype(dtype)

    def _suits(self, plan: Plan) -> None:
        require(self.samples >= 1, "`samples` must be at least 1", self.samples, "Pass samples=200.")
        x = plan.dataset.take(plan.dataset.rows("train")[:1])
        with isolated("suits"), torch.no_grad(), evaluating(plan.model):
            importance(plan.model, x, None, 1)  # a model that cannot fill in says why

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
