"""What the transformers share: rows to codes and back."""

from math import prod
from typing import Any, Self

import numpy as np
import torch
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_array, check_is_fitted
from torch.distributions import constraints

from ..core.errors import UsageError, require
from ..passes import decoded, encoded
from ..plan import Plan
from .base import FLOATS, Estimator


class Transformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Estimator):
    """Base of the estimators whose model has an encoder: rows (n, features) to codes (n, latent) and back.

    Numbers come back in the type in which they are given, float32 or float64.
    """

    def fit(self, X: Any, y: Any = None) -> Self:
        """Fit the model to X (n, features), n >= 2, of finite numbers; y is ignored.

        Raises:
            UsageError: For a wrong argument.
            DataError: For values that the likelihood cannot take.
        """
        self._fitted(X)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Codes of X (n, features), (n, latent): the posterior's means, or the points of a plain autoencoder."""
        x, dtype = self._rows(X)
        return encoded(self.model_, x, None).reshape(len(x), -1).astype(dtype)

    def inverse_transform(self, X: Any) -> np.ndarray:
        """What the decoder makes of codes X (n, latent), (n, features): the likelihood's means, which are the
        probabilities of a 1 where the columns are 0 and 1."""
        check_is_fitted(self)
        z = check_array(X, dtype=FLOATS)
        width = self._n_features_out
        require(z.shape[1] == width, f"`X` must have {width} columns, one for each axis of the code", z.shape[1])
        codes = torch.from_numpy(z.astype(np.float64)).reshape(-1, *self.model_.decoder.inputs)
        return decoded(self.model_, codes, None).reshape(len(z), -1).astype(z.dtype)

    @property
    def _n_features_out(self) -> int:
        return prod(self.model_.decoder.inputs)

    def _suits(self, plan: Plan) -> None:
        posterior = plan.model.posterior
        if posterior is None:
            raise UsageError(f"`recipe` must have an encoder; {plan.recipe} only generates. Pass GANSampler.")
        if posterior.support not in (constraints.real, constraints.boolean):
            raise UsageError(
                f"`recipe` must have codes that are points of a space; those of {plan.recipe} are numbers of a book's "
                "entries, which mean nothing as columns."
            )

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
