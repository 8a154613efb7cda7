"""Gaps filled in, as a scikit-learn transformer."""

import tempfile
from collections.abc import Mapping
from numbers import Integral
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from ..core.errors import UsageError
from ..core.shapes import missing
from ..data.like import like
from ..rowwise import Way, filled
from ..run import fit

FLOATS = (np.float64, np.float32)  # the first one is for numbers of other types
OWN = ("recipe", "latent", "epochs", "seed", "missing", "test", "validation", "runs", "source")


class VAEImputer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """NaN is filled in with the mean of its posterior predictive distribution; all other cells stay as they are.

    All rows of X are for training, and `transform` fills in every row on its own, so that it does not depend on the
    others. Intervals and several draws are what `Run.impute` gives.

    Reference:
        Mattei and Frellsen (2019), MIWAE: deep generative modelling and imputation of incomplete data sets.
        https://arxiv.org/abs/1812.02633

    Arguments:
        recipe: A name from `jamjae list recipes`.
        latent: Number of latent axes; None: what suits the data.
        epochs: Passes over the rows; None: what suits their number.
        samples: Draws of the code for each row.
        options: Further options of `jamjae.fit`, such as {"lr": 0.001}.
        random_state: A seed, a `RandomState`, or None for another seed each time.

    Attributes:
        model_: The `LatentModel`.
        n_iter_: Passes over the rows.
        n_features_in_: Number of columns.

    Example:
        >>> x = np.random.default_rng(0).normal(size=(100, 1)) + np.zeros((100, 3))
        >>> x[0, 1] = np.nan
        >>> VAEImputer(epochs=1, random_state=0).fit_transform(x).shape
        (100, 3)
    """

    def __init__(
        self,
        recipe: str = "miwae",
        latent: int | None = None,
        epochs: float | None = None,
        samples: int = 200,
        options: Mapping[str, Any] | None = None,
        random_state: Any = None,
    ) -> None:
        self.recipe, self.latent, self.epochs, self.samples = recipe, latent, epochs, samples
        self.options, self.random_state = options, random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn which values go together from rows X (n, columns), in which NaN is a missing cell; y is ignored."""
        x = validate_data(self, X, dtype=FLOATS, ensure_all_finite="allow-nan", ensure_min_samples=2)
        more = dict(self.options or {})
        for name in more:
            if name in OWN:
                raise UsageError(f"`options` must not hold {name!r}: it is an argument, or follows from X.")
        random = check_random_state(self.random_state)
        own = isinstance(self.random_state, Integral)
        self.seed_ = int(self.random_state) if own else int(random.randint(2**31 - 1))
        given = {"latent": self.latent, "epochs": self.epochs, "seed": self.seed_}
        with tempfile.TemporaryDirectory() as runs:
            run = fit(self.recipe, x, missing=True, test=0, validation=0, runs=runs, **given, **more)
            self.model_, self.n_iter_ = run.model, max(1, round(run.settings.epochs))
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Rows X (n, columns) with NaN filled in, in the same precision."""
        check_is_fitted(self)
        given: np.ndarray = validate_data(self, X, dtype=FLOATS, ensure_all_finite="allow-nan", reset=False)
        x = like(given, self.model_.event)
        rows = filled(self.model_, x, None, Way(samples=self.samples, draws=0, seed=self.seed_))
        return np.where(missing(x).numpy(), rows.mean, given).astype(given.dtype)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
