r"""How strange an example is to a model: one number each, larger is stranger.

likelihood      -log (1/K) sum_k p(x, z_k) / q(z_k | x),   z_k ~ q(z | x), in nats
reconstruction  -(1/L) sum_l log p(x | z_l),   z_l ~ q(z | x), in nats
latent          (m - mu)' S^-1 (m - mu),   m the code of x, mu and S mean and shrunk covariance of training codes
inversion       |x - g(z)|^2 at the best code z that a search finds, in squared units of the data

Draws are made one example at a time, under the same seed for each. So all examples get the same noise, and no score
depends on which other examples there are, on their order or on how many are decoded together (up to rounding).

Reference:
    An and Cho (2015), Variational autoencoder based anomaly detection using reconstruction probability. SNU Data Mining
    Center, special lecture on IE 2(1), 1-18;
    Burda, Grosse and Salakhutdinov (2016), Importance weighted autoencoders. https://arxiv.org/abs/1509.00519;
    Lee et al. (2018), A simple unified framework for detecting out-of-distribution samples and adversarial attacks.
    https://arxiv.org/abs/1807.03888;
    Creswell and Bharath (2019), Inverting the generator of a generative adversarial network.
    https://arxiv.org/abs/1611.05644
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor
from torch.distributions import Distribution, constraints

from .core.divergence import draw
from .core.errors import Undefined
from .core.joint import Joint
from .core.product import Product
from .core.seeds import isolated, reseed, seed_for
from .core.shapes import missing
from .evaluation.base.subject import CELLS, needs_density
from .models.inversion import invert
from .models.latent import LatentModel
from .passes import SEARCHED, chunks, encoded

Part = tuple[Tensor, Tensor | None]  # scores (n,) and what every cell contributes (n, *event), if it splits


@dataclass
class Judge:
    """A model, and how closely it looks.

    Arguments:
        model: In evaluation mode, on the CPU.
        known: The training codes as one Gaussian, see `gaussian`; only `latent` asks for it.
        samples: Draws of the code for each example, >= 1.
        seed: Of the draws.
    """

    model: LatentModel
    known: Callable[[], Any]
    samples: int = 100
    seed: int = 0

    @property
    def draws(self) -> int:
        """Draws that say more than one: 1 where the code has no chance."""
        return 1 if self.model.posterior is not None and self.model.posterior.certain else self.samples

    @cached_property
    def gaussian(self) -> Any:
        """The training codes as one Gaussian."""
        return self.known()

    def sweep(self, f: Callable[[Tensor, Tensor | None], Part], x: Tensor, y: Tensor | None, rows: int) -> Part:
        """f over all examples, so many at a time."""
        with isolated("score"), torch.no_grad():
            scores, cells = zip(*(f(*part) for part in chunks(x, y, rows)), strict=True)
        return torch.cat(scores).double(), None if cells[0] is None else torch.cat(cells)

    @property
    def rows(self) -> int:
        """Examples per call of the decoder."""
        return max(1, CELLS // (self.draws * self.model.event.cells))

    def apart(self, f: Callable[[Distribution], tuple[Tensor, ...]], x: Tensor, y: Tensor | None) -> tuple[Tensor, ...]:
        """f(q(z | x)) of every example on its own, under the same draws; joined along the axis of examples, the
        second."""
        found = []
        for one, label in chunks(x, y, 1):
            reseed(self.seed, "score")
            found.append(f(self.model.encode(one, label)))
        return tuple(torch.cat(part, 1) for part in zip(*found, strict=True))


def likelihood(judge: Judge, x: Tensor, y: Tensor | None) -> Part:
    """Minus the importance-weighted bound on log p(x): on average no less than -log p(x), and nearer with more draws.

    Raises:
        Undefined: Without an encoder, and where posterior or likelihood is a point.
    """
    model, count = judge.model, judge.draws
    needs_density(model.likelihood, model.event)

    def f(x: Tensor, y: Tensor | None) -> Part:
        z, log_q = judge.apart(lambda q: draw(q, (count,)), x, y)
        log_w = (model.log_joint(x, z, y) - log_q).double()
        return math.log(count) - log_w.logsumexp(0), None

    return judge.sweep(f, x, y, judge.rows)


def reconstruction(judge: Judge, x: Tensor, y: Tensor | None) -> Part:
    """Minus the reconstruction probability: what is left to describe once the code is known.

    Raises:
        Undefined: Without an encoder, and where the likelihood is a point.
    """
    model, shape = judge.model, torch.Size((judge.draws,))
    needs_density(model.likelihood, model.event)

    def f(x: Tensor, y: Tensor | None) -> Part:
        (z,) = judge.apart(lambda q: (q.sample(shape),), x, y)
        p = model.decode(z, y)
        if not isinstance(p, (Product, Joint)):
            return -p.log_prob(x).double().mean(0), None
        cells = -p.cells(x).double().mean(0)
        return p.summed(cells), cells

    return judge.sweep(f, x, y, judge.rows)


def latent(judge: Judge, x: Tensor, y: Tensor | None) -> Part:
    """Squared Mahalanobis distance of the code to the training codes.

    Raises:
        Undefined: Without an encoder, and where codes are numbers of a book's entries.
    """
    posterior = judge.model.posterior
    if posterior is None:
        raise Undefined("this model only generates: it has no codes of examples")
    if posterior.support not in (constraints.real, constraints.boolean):
        raise Undefined("the codes are numbers of a book's entries, not points of a space")
    return torch.from_numpy(judge.gaussian.mahalanobis(codes(judge.model, x, y))), None


def gaussian(model: LatentModel, x: Tensor, y: Tensor | None) -> Any:
    """Mean and covariance of the codes of training examples, shrunk as Ledoit and Wolf (2004) do."""
    from sklearn.covariance import LedoitWolf  # slow to import, and needed here only

    return LedoitWolf().fit(codes(model, x, y))


def codes(model: LatentModel, x: Tensor, y: Tensor | None) -> Any:
    """The posterior's points, (n, axes), float64."""
    return encoded(model, x, y).reshape(len(x), -1).astype("float64")


def inversion(judge: Judge, x: Tensor, y: Tensor | None) -> Part:
    """Squared error of the picture of the best code, which is searched for.

    Raises:
        Undefined: With an encoder, and for categories.
    """
    model, seed = judge.model, seed_for(judge.seed, "score")
    if model.encoder is not None:
        raise Undefined("this model has an encoder, which says the code: a search is for models without one")
    if model.event.levels > 2:
        raise Undefined("the cells are categories, between which there is no squared error")

    def f(x: Tensor, y: Tensor | None) -> Part:
        made = model.likelihood.point(model.decode(invert(model, x, y, seed=seed).codes, y))
        cells = torch.where(missing(x), 0.0, x - made).double().square()
        return cells.flatten(1).sum(1), cells

    return judge.sweep(f, x, y, SEARCHED)


KINDS = {"likelihood": likelihood, "reconstruction": reconstruction, "latent": latent, "inversion": inversion}
UNITS = {
    "likelihood": "nats",
    "reconstruction": "nats",
    "latent": "squared deviations",
    "inversion": "squared units of the data",
}


def suited(judge: Judge, x: Tensor, y: Tensor | None) -> str:
    """The first kind that has a meaning for this model, asked with one example.

    Raises:
        Undefined: If there is none, with every reason.
    """
    reasons = []
    for name, kind in KINDS.items():
        try:
            kind(judge, x[:1], None if y is None else y[:1])
            return name
        except Undefined as reason:
            reasons.append(f"{name}: {reason}")
    raise Undefined(f"no score is defined for this model ({'; '.join(reasons)})")
