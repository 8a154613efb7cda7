"""Generative adversarial networks as a sampler."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from .base import Estimator


class GANSampler(Estimator):
    """New rows like those of a table, made by a generator that learned to fool a critic.

    It has no `score`: a generator has no density, and what its critic says of rows is no measure of the generator.
    Compare samples with rows that were held out.

    Reference:
        Goodfellow et al. (2014), Generative adversarial networks. https://arxiv.org/abs/1406.2661

    Arguments:
        latent: Axes of the noise, >= 1; None: the recipe's.
        recipe: A recipe of dense layers with a critic, e.g. "gan", "r1-gan", "wgan-gp", "hinge-gan", "pac-gan".
        widths: Units of the generator's hidden layers, those of the critic in the opposite order; None: the recipe's.
        epochs: Passes over X, > 0; None: as many as make 10,000 steps, or what the recipe says.
        batch_size: Rows a step; None: 128 unless the recipe says otherwise.
        lr: Learning rate; None: the recipe's.
        options: Further options of `jamjae.fit` by name, e.g. {"objective.game": "hinge", "ema": 0.99}.
        runs: A folder in which every fit leaves a run; None: nothing is kept on the disk.
        random_state: Seed of the weights, the batches and every draw, as everywhere in scikit-learn.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> GANSampler(epochs=5, random_state=0).fit(load_iris().data).sample(10).shape
        (10, 4)
    """

    networks = ("decoder", "objective.critic.network")
    mirrored = ("objective.critic.network",)

    def __init__(
        self,
        latent: int | None = None,
        *,
        recipe: str = "gan",
        widths: Sequence[int] | None = None,
        epochs: float | None = None,
        batch_size: int | None = None,
        lr: float | None = None,
        options: Mapping[str, Any] | None = None,
        runs: str | Path | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent = latent
        self.recipe = recipe
        self.widths = widths
        self.epochs = epochs
        self.batch_size = batch_size
        self.lr = lr
        self.options = options
        self.runs = runs
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Train generator and critic on X (n, features), n >= 2, of finite numbers; y is ignored.

        Raises:
            UsageError: For a wrong argument.
        """
        self._fitted(X)
        return self

    def sample(self, n: int = 1, *, random_state: Any = None) -> np.ndarray:
        """n new rows, (n, features).

        Arguments:
            n: How many, >= 1.
            random_state: Of the draws; None: the estimator's own, so the same rows every time if that is a number.
        """
        return self._sampled(n, False, random_state)
