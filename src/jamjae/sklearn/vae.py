"""Variational autoencoders as a transformer and a density."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..core.errors import require
from ..judge import Judge
from ..plan import Plan
from .scores import meaningful, usual
from .transformer import Transformer


class VAETransformer(Transformer):
    r"""Rows to the means of a VAE's posterior and back; a density to score rows with and to sample from.

        score(X) = mean_x log (1/K) sum_k p(x, z_k) / q(z_k | x),   z_k ~ q(z | x),   K = samples

    `score` is a lower bound on log p(x) in nats per example, so `GridSearchCV` needs no `scoring`. Densities compare
    only models of the same columns in the same units with the same kind of likelihood.

    Reference:
        Kingma and Welling (2014), Auto-encoding variational Bayes. https://arxiv.org/abs/1312.6114;
        Burda, Grosse and Salakhutdinov (2016), Importance weighted autoencoders. https://arxiv.org/abs/1509.00519

    Arguments:
        latent: Axes of the code, >= 1; None: a quarter of the columns, at least 2 and at most 20.
        recipe: Any recipe whose posterior has a density, e.g. "vae", "beta-tc-vae", "iwae", "vamp-vae", "flow-vae".
        beta: Weight of the KL in training, >= 0, where the objective has one; None: the recipe's, 1 for "vae".
        widths: Units of the encoder's hidden layers, those of the decoder in the opposite order; None: the recipe's.
        likelihood: What the data are and so what the loss is, e.g. "gaussian", "laplace", "student-t" or a likelihood
            object; None: "bernoulli" if every value is 0 or 1, otherwise "gaussian".
        epochs: Passes over X, > 0; None: as many as make 3,000 steps, or more if the recipe says so.
        batch_size: Rows a step; None: 128 unless the recipe says otherwise.
        lr: Learning rate; None: 0.001 unless the recipe says otherwise.
        samples: Draws of the code for each row that is scored, >= 1; the bound rises with them.
        options: Further options of `jamjae.fit` by name, e.g. {"prior": "mixture", "objective.free_bits": 0.1}.
        runs: A folder in which every fit leaves a run; None: nothing is kept on the disk.
        random_state: Seed of the weights, the batches and every draw, as everywhere in scikit-learn.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> x = load_iris().data
        >>> vae = VAETransformer(2, epochs=5, random_state=0).fit(x)
        >>> vae.transform(x).shape, vae.score_samples(x).shape, vae.sample(10).shape
        ((150, 2), (150,), (10, 4))
    """

    def __init__(
        self,
        latent: int | None = None,
        *,
        recipe: str = "vae",
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
        self.latent = latent
        self.recipe = recipe
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

    def score_samples(self, X: Any) -> np.ndarray:
        """A lower bound on log p(x) for every row of X (n, features), (n,), in nats; by the same draws for each."""
        x, _ = self._rows(X)
        return usual(Judge(self.model_, lambda: (x, None), self.samples), x, "likelihood")

    def score(self, X: Any, y: Any = None) -> float:
        """The mean of `score_samples`, in nats per example; y is ignored."""
        return float(self.score_samples(X).mean())

    def sample(self, n: int = 1, *, noise: bool = True, random_state: Any = None) -> np.ndarray:
        """n rows drawn from the model, (n, features).

        Arguments:
            n: How many, >= 1.
            noise: Whether rows are drawn from p(x | z), as the density says; without, they are its means, which vary
                less than the data.
            random_state: Of the draws; None: the estimator's own, so the same rows every time if that is a number.
        """
        return self._sampled(n, noise, random_state)

    def _suits(self, plan: Plan) -> None:
        super()._suits(plan)
        require(self.samples >= 1, "`samples` must be at least 1", self.samples, "Pass samples=100.")
        meaningful(plan, "likelihood")
