"""A run laid out for looking at it: where test examples lie, how well they are restored, what the prior looks like."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from .core.errors import Undefined, UsageError, require
from .core.pca import principal_components
from .core.seeds import isolated
from .core.shapes import Shape
from .evaluation import Subject
from .evaluation.accuracy import shares
from .models.latent import LatentModel
from .priors.mixture import Mixture

DRAWS = 2000  # of the prior
LAYOUTS = ("plane", "tsne")


@dataclass(frozen=True)
class Plane:
    """A plane through the latent space: z = mean + place @ axes.

    Arguments:
        mean: (axes,).
        axes: Two orthonormal directions, (2, axes).
        explained: Share of the codes' variance in the plane, in [0, 1].
    """

    mean: np.ndarray
    axes: np.ndarray
    explained: float

    def place(self, z: np.ndarray) -> np.ndarray:
        """Codes (n, axes) on the plane, (n, 2)."""
        return (z - self.mean) @ self.axes.T


class Atlas:
    """What a map of the latent space shows. Codes are flat: (n, axes).

    The points are the test examples; of a model without an encoder, draws from its prior.

    Arguments:
        subject: A model and its data.
        layout: "plane", or "tsne" for a map that keeps neighbours together and no distances.

    Raises:
        UsageError: For another layout, and for "tsne" without the packages of the extra `maps`.
    """

    def __init__(self, subject: Subject, layout: str = "plane") -> None:
        require(layout in LAYOUTS, f"`layout` must be one of {', '.join(LAYOUTS)}", layout)
        self.subject, self.layout = subject, layout
        self.model: LatentModel = subject.model

    @property
    def encodes(self) -> bool:
        """Whether points are examples, and not draws."""
        return self.model.encoder is not None

    @property
    def latent(self) -> Shape:
        """Shape of a code."""
        return self.model.prior.shape if self.model.posterior is None else self.model.posterior.latent

    @cached_property
    def codes(self) -> np.ndarray:
        """The posterior's points, or the prior's draws, (n, axes)."""
        return numpy(self.subject.codes()) if self.encodes else self.draws

    @cached_property
    def labels(self) -> np.ndarray | None:
        """Numbers of the examples' classes (or their labels, where those are numbers), (n,); None without."""
        return self.subject.y.numpy() if self.encodes and self.subject.y is not None else None

    @cached_property
    def deviations(self) -> np.ndarray | None:
        """The posterior's standard deviations, (n, axes); None where it has none."""
        posterior = self.model.posterior
        if posterior is None or posterior.certain:
            return None

        def f(x: Tensor, y: Tensor | None) -> Tensor:
            return self.model.encode(x, y).variance.sqrt().flatten(1)

        try:
            with torch.no_grad():
                return numpy(self.subject.sweep("deviations", f, self.subject.rows))
        except (Undefined, NotImplementedError):
            return None

    @cached_property
    def errors(self) -> np.ndarray | None:
        """Mean squared error of every example's reconstruction over its cells, of categories the share of cells that
        are others, (n,); None without an encoder."""
        if not self.encodes:
            return None
        categories = self.model.event.levels > 2 and self.model.event.kind != "table"

        def f(x: Tensor, y: Tensor | None) -> Tensor:
            restored = self.model.reconstruct(x, y)
            return 1 - shares(x, restored) if categories else (restored - x).square().flatten(1).nanmean(1)

        with torch.no_grad():
            return numpy(self.subject.sweep("errors", f, self.subject.rows))

    @cached_property
    def densities(self) -> np.ndarray | None:
        """log p(z) of every point, or log p(z | y) under its label, (n,), in nats; None where the prior has no density
        at codes, and for draws of a conditional model."""
        conditional = self.model.condition is not None
        if conditional and not self.encodes:
            return None
        z = torch.from_numpy(self.codes).reshape(-1, *self.latent)
        try:
            with torch.no_grad():
                return numpy(self.model.latent(self.subject.y if conditional else None).log_prob(z))
        except (Undefined, NotImplementedError):
            return None

    @cached_property
    def draws(self) -> np.ndarray:
        """2,000 draws from the prior (fewer of large codes), (n, axes)."""
        count = max(200, min(DRAWS, 4_000_000 // math.prod(self.latent)))
        with isolated(self.subject.seed, "atlas"), torch.no_grad():
            return numpy(self.model.draw(count)[0].flatten(1))

    @cached_property
    def rates(self) -> np.ndarray | None:
        """Mean KL of every axis, (axes,), in nats per example; None where it does not split into axes."""
        try:
            with torch.no_grad():
                return numpy(self.subject.axis_rates.mean(0))
        except (Undefined, NotImplementedError):
            return None

    @cached_property
    def plane(self) -> Plane:
        """The latent plane itself where there are two axes; the codes' two leading principal components otherwise."""
        d = self.codes.shape[1]
        if d <= 2:
            return Plane(np.zeros(d, np.float32), np.eye(2, d, dtype=np.float32), 1.0)
        with isolated(self.subject.seed, "atlas", "pca"):
            found = principal_components(torch.from_numpy(self.codes), 2)
        axes = numpy(found.axes)
        spread = np.var(self.codes, 0).sum()
        share = float(np.var((self.codes - numpy(found.mean)) @ axes.T, 0).sum() / spread) if spread > 0 else 1.0
        return Plane(numpy(found.mean), axes, share)

    @cached_property
    def places(self) -> np.ndarray:
        """Where the points lie on the map, (n, 2)."""
        return self.plane.place(self.codes) if self.layout == "plane" else tsne(self.codes, self.subject.seed)

    @cached_property
    def ordered(self) -> list[int]:
        """Axes by their KL, the largest first; by the variance of their codes where there is no KL."""
        weight = np.var(self.codes, 0) if self.rates is None else self.rates
        return [int(i) for i in np.argsort(-weight, kind="stable")]

    @cached_property
    def components(self) -> dict[str, list[list[float]]] | None:
        """Weights (M, 1), means (M, axes) and deviations (M, axes) of a prior that is a mixture of Gaussians (M = 1:
        a Gaussian); None for another prior."""
        prior = self.model.prior
        if isinstance(prior, Mixture):
            return {
                "weights": prior.logits.softmax(0)[:, None].tolist(),
                "means": prior.loc.flatten(1).tolist(),
                "deviations": prior.log_scale.exp().flatten(1).tolist(),
            }
        if prior.name() == "gaussian":
            p = prior()
            mean, deviation = p.mean.flatten(), p.variance.sqrt().flatten()
            return {"weights": [[1.0]], "means": [mean.tolist()], "deviations": [deviation.tolist()]}
        return None

    def terms(self, row: int, z: np.ndarray) -> dict[str, float | None]:
        """-log p(x | z) of an example at a code z (1, *latent), and its KL, both in nats; None where undefined.

        Raises:
            IndexError: For a row that does not exist.
        """
        x, y = self.subject.x[[row]], None if self.subject.y is None else self.subject.y[[row]]
        found: dict[str, float | None] = {"distortion": None, "kl": None}
        with torch.no_grad():
            try:
                found["distortion"] = -self.model.decode(torch.from_numpy(z), y).log_prob(x).item()
                found["kl"] = float(self.subject.rates[row])
            except (Undefined, NotImplementedError):
                pass
        return found


def tsne(codes: np.ndarray, seed: int) -> np.ndarray:
    """t-SNE of codes (n, axes), (n, 2): perplexity 30, started from principal components.

    Reference:
        van der Maaten and Hinton (2008), Visualizing data using t-SNE. https://www.jmlr.org/papers/v9/vandermaaten08a.html;
        Policar, Strazar and Zupan (2024), openTSNE: a modular Python library for t-SNE dimensionality reduction and
        embedding. https://doi.org/10.18637/jss.v109.i03

    Raises:
        UsageError: Without the packages of the extra `maps`.
    """
    try:
        from openTSNE import TSNE
    except ImportError:
        raise UsageError('`layout` tsne needs openTSNE: pip install "jamjae[maps]".') from None
    perplexity = min(30, max(1, (len(codes) - 1) / 3))
    found = TSNE(perplexity=perplexity, random_state=seed, n_jobs=torch.get_num_threads()).fit(codes.astype(np.float64))
    return np.asarray(found, np.float32)


def numpy(x: Tensor) -> np.ndarray:
    """As float32."""
    return x.detach().float().cpu().numpy()
