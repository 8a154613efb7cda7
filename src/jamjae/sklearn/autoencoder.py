"""Autoencoders as a transformer."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .transformer import Transformer


class AutoencoderTransformer(Transformer):
    """Rows to the codes of an autoencoder and back: PCA that may bend.

    It has no `score`: a code without a spread gives no density of the data, and an error of reconstruction always
    prefers the wider code. A search over its options is judged by what comes after it in the pipeline.

    Reference:
        Hinton and Salakhutdinov (2006), Reducing the dimensionality of data with neural networks.
        https://doi.org/10.1126/science.1127647

    Arguments:
        latent: Axes of the code, >= 1; None: a quarter of the columns, at least 2 and at most 20.
        recipe: Any recipe with an encoder, e.g. "ae", "sparse-ae", "denoising-ae", "contractive-ae", "wae", "aae".
        widths: Units of the encoder's hidden layers, those of the decoder in the opposite order; None: the recipe's.
        likelihood: What the data are and so what the loss is, e.g. "gaussian", "laplace" or a likelihood object; None:
            "bernoulli" if every value is 0 or 1, otherwise "gaussian".
        epochs: Passes over X, > 0; None: as many as make 3,000 steps, or more if the recipe says so.
        batch_size: Rows a step; None: 128 unless the recipe says otherwise.
        lr: Learning rate; None: 0.001 unless the recipe says otherwise.
        options: Further options of `jamjae.fit` by name, e.g. {"encoder.dropout": 0.1, "patience": 20}.
        runs: A folder in which every fit leaves a run; None: nothing is kept on the disk.
        random_state: Seed of the weights, the batches and every draw, as everywhere in scikit-learn.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> codes = AutoencoderTransformer(2, epochs=5, random_state=0).fit_transform(load_iris().data)
        >>> codes.shape
        (150, 2)
    """

    def __init__(
        self,
        latent: int | None = None,
        *,
        recipe: str = "ae",
        widths: Sequence[int] | None = None,
        likelihood: Any = None,
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
        self.likelihood = likelihood
        self.epochs = epochs
        self.batch_size = batch_size
        self.lr = lr
        self.options = options
        self.runs = runs
        self.random_state = random_state
