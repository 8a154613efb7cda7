r"""How strange an example is to a model: one number each, larger is stranger.

likelihood      -log (1/K) sum_k p(x, z_k) / q(z_k | x),   z_k ~ q(z | x), in nats
reconstruction  -(1/L) sum_l log p(x | z_l),   z_l ~ q(z | x), in nats
latent          (m - mu)' S^-1 (m - mu),   m the code of x, mu and S mean and shrunk covariance of training codes
neighbours      mean distance of the code to the 20 nearest training codes, in units of the code
combined        -sum_s log p_s(x),   p_s the share of training examples for which score s is as large, in nats
ratio           log p_0(x) - log p(x) of a background model p_0, both by their importance-weighted bounds, in nats
inversion       |x - g(z)|^2 at the best code z that a search finds, in squared units of the data
distance        expected distance of x itself to the nearest of random training examples, in deviations of the columns

Reference:
    An and Cho (2015), Variational autoencoder based anomaly detection using reconstruction probability. SNU Data Mining
    Center, special lecture on IE 2(1), 1-18;
    Burda, Grosse and Salakhutdinov (2016), Importance weighted autoencoders. https://arxiv.org/abs/1509.00519;
    Lee et al. (2018), A simple unified framework for detecting out-of-distribution samples and adversarial attacks.
    https://arxiv.org/abs/1807.03888;
    Angiulli and Pizzuti (2002), Fast outlier detection in high dimensional spaces.
    https://doi.org/10.1007/3-540-45681-3_2;
    Sun et al. (2022), Out-of-distribution detection with deep nearest neighbors. https://arxiv.org/abs/2204.06507;
    Sugiyama and Borgwardt (2013), Rapid distance-based outlier detection via sampling. Advances in Neural Information
    Processing Systems 26; `surroundings` says which random ones;
    Fisher (1932), Statistical methods for research workers, 4th edition, section 21.1;
    Ren et al. (2019), Likelihood ratios for out-of-distribution detection. https://arxiv.org/abs/1906.02845;
    Creswell and Bharath (2019), Inverting the generator of a generative adversarial network.
    https://arxiv.org/abs/1611.05644
"""

import math
from collections.abc import Iterable
from dataclasses import replace

import torch
from torch import Tensor
from torch.distributions import constraints

from .core.divergence import draw
from .core.errors import Undefined
from .core.joint import Joint
from .core.product import Product
from .core.seeds import seed_for
from .core.sequence import Sequence
from .core.shapes import missing
from .evaluation.base.subject import needs_density
from .judge import Judge, Kind, Part
from .models.inversion import invert
from .passes import SEARCHED
from .surroundings import away

NEAREST = 20  # training codes that `neighbours` looks at
COMPARED = ("vector", "table")  # kinds of examples between which the distance of cells says something


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
        if not isinstance(p, (Product, Joint, Sequence)):
            return -p.log_prob(x).double().mean(0), None
        cells = -p.cells(x).double().mean(0)
        return cells.flatten(1).sum(1), cells

    return judge.sweep(f, x, y, judge.rows)


def latent(judge: Judge, x: Tensor, y: Tensor | None) -> Part:
    """Squared Mahalanobis distance of the code to the training codes.

    Raises:
        Undefined: Without an encoder, and where codes are numbers of a book's entries.
    """
    needs_points(judge)
    return torch.from_numpy(judge.gaussian.mahalanobis(judge.codes(x, y))), None


def needs_points(judge: Judge) -> None:
    """Raise `Undefined` where codes are no points between which there are distances."""
    posterior = judge.model.posterior
    if posterior is None:
        raise Undefined("this model only generates: it has no codes of examples")
    if posterior.support not in (constraints.real, constraints.boolean):
        raise Undefined("the codes are numbers of a book's entries, not points of a space")


def neighbours(judge: Judge, x: Tensor, y: Tensor | None) -> Part:
    """Mean distance of the code to the 20 nearest training codes; an example that was trained on is not its own
    neighbour.

    Raises:
        Undefined: Where `latent` is.
    """
    needs_points(judge)
    return torch.from_numpy(judge.gaps(judge.codes(x, y), NEAREST)), None


def distance(judge: Judge, x: Tensor, y: Tensor | None) -> Part:
    """Distance of the example itself from the training examples on every scale, see `surroundings`: no model is asked,
    so what it does not keep or takes for usual counts, too. An example that was trained on is not its own neighbour.

    Raises:
        Undefined: For anything but vectors and tables: between pictures, the distance of cells says little.
    """
    if judge.model.event.kind not in COMPARED:
        raise Undefined(f"the distance of cells says little about an example of kind {judge.model.event.kind}")
    space, known = judge.space
    return away(space.rows(x), known), None


def combined(judge: Judge, x: Tensor, y: Tensor | None) -> Part:
    """Fisher's combination of `likelihood` (`reconstruction` where there is none), `latent`, `neighbours` and, of
    vectors and tables, `distance`: minus the sum of the logarithms of their p-values among the training examples.

    Raises:
        Undefined: Where `latent` is, and where neither `likelihood` nor `reconstruction` has a meaning.
    """
    needs_points(judge)
    names = [suited(judge, x, y, ("likelihood", "reconstruction")), "latent", "neighbours"]
    names += ["distance"] * (judge.model.event.kind in COMPARED)
    return torch.from_numpy(sum(judge.surprise(name, KINDS[name], x, y) for name in names)), None


def ratio(judge: Judge, x: Tensor, y: Tensor | None) -> Part:
    """How much likelier the background model holds x to be than the model does: what both find likely, such as large
    even areas, cancels.

    Raises:
        Undefined: Without a background model, and where one of the two has no likelihood.
    """
    if judge.background is None:
        raise Undefined("a ratio needs a second model: pass --background RUN, in Python background=RUN")
    other = replace(judge, model=judge.background, background=None)
    told = y if other.model.condition is not None else None
    return likelihood(judge, x, y)[0] - likelihood(other, x, told)[0], None


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


KINDS: dict[str, Kind] = {
    "likelihood": likelihood,
    "reconstruction": reconstruction,
    "latent": latent,
    "neighbours": neighbours,
    "combined": combined,
    "ratio": ratio,
    "inversion": inversion,
    "distance": distance,
}
UNITS = {
    "likelihood": "nats",
    "reconstruction": "nats",
    "latent": "squared deviations",
    "neighbours": "units of the code",
    "combined": "nats",
    "ratio": "nats",
    "inversion": "squared units of the data",
    "distance": "deviations of the columns",
}


def suited(judge: Judge, x: Tensor, y: Tensor | None, names: Iterable[str] = KINDS) -> str:
    """The first kind that has a meaning for this model, asked with one example.

    Raises:
        Undefined: If there is none, with every reason.
    """
    reasons = []
    for name in names:
        try:
            KINDS[name](judge, x[:1], None if y is None else y[:1])
            return name
        except Undefined as reason:
            reasons.append(f"{name}: {reason}")
    raise Undefined(f"no score is defined for this model ({'; '.join(reasons)})")
