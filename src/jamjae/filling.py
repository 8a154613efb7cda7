r"""What a model says about the missing cells of one example, given those that are observed.

importance  codes z_k ~ q(z | x_obs) with weights w_k = p(x_obs, z_k) / q(z_k | x_obs); resampled by them, they are
            codes of the posterior, and x_mis ~ p(x_mis | z)
gibbs       a chain of z and x_mis in turn: z is proposed by q(z | x_obs, x_mis) and accepted by the rule of Metropolis
            and Hastings, x_mis ~ p(x_mis | z); started from `importance`

Every example is filled in on its own, under a seed of its own, so that it does not depend on the others.

Reference:
    Mattei and Frellsen (2019), MIWAE: deep generative modelling and imputation of incomplete data sets.
    https://arxiv.org/abs/1812.02633;
    Rezende, Mohamed and Wierstra (2014), Stochastic backpropagation and approximate inference in deep generative models
    (appendix F). https://arxiv.org/abs/1401.4082;
    Mattei and Frellsen (2018), Leveraging the exact likelihood of deep latent variable models.
    https://arxiv.org/abs/1802.04826
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.distributions import Distribution

from .core.divergence import draw
from .core.errors import Undefined
from .core.event import Event
from .core.joint import Joint
from .core.product import Product
from .core.shapes import missing
from .models.latent import LatentModel

CHAINS, BURN = 50, 20  # chains of one example, and their steps before anything is kept
Means = tuple[Tensor, Tensor | None]  # of every cell (*event), and of its classes (*event, K) where there are any


@dataclass(frozen=True)
class Filled:
    """The posterior predictive distribution of one example's missing cells.

    Arguments:
        mean: Of every cell, (*event); of a cell with classes the most probable one.
        draws: The example with its gaps filled in at random, (samples, *event).
        classes: Probability of every class of every cell, (*event, K); None where no cell has classes.
        trust: Of `importance` the effective number of draws, from 1 to all; of `gibbs` the share of proposals that
            were accepted.
    """

    mean: Tensor
    draws: Tensor
    classes: Tensor | None
    trust: float


def importance(model: LatentModel, x: Tensor, y: Tensor | None, samples: int) -> Filled:
    """Missing cells of one example x (1, *event) by importance resampling.

    Raises:
        Undefined: Without an encoder, and where posterior or likelihood is a point.
    """
    z, weights = weighted(model, x, y, samples)
    y = told(y, samples)
    means = predicted(model, model.decode(z, y), weights)
    drawn = model.decode(resampled(z, weights, samples), y).sample()
    effective = 1 / weights.square().sum().item()
    return Filled(settled(model.event, *means), torch.where(missing(x), drawn, x), means[1], effective)


def gibbs(model: LatentModel, x: Tensor, y: Tensor | None, samples: int) -> Filled:
    """Missing cells of one example x (1, *event) by Metropolis within Gibbs, in 50 chains.

    Raises:
        Undefined: Without an encoder, and where posterior or likelihood is a point.
    """
    chains, gaps = min(CHAINS, samples), missing(x)
    z, weights = weighted(model, x, y, samples)
    z, y, equal = resampled(z, weights, chains), told(y, chains), weights.new_full((chains,), 1 / chains)
    full, moved = torch.where(gaps, model.decode(z, y).sample(), x), []
    means, draws = [], []
    for number in range(BURN + math.ceil(samples / chains)):
        z, accepted = step(model, full, z, y)
        p = model.decode(z, y)
        full = torch.where(gaps, p.sample(), x)
        moved.append(accepted)
        if number >= BURN:
            means.append(predicted(model, p, equal))
            draws.append(full)
    mean = averaged(means)
    return Filled(settled(model.event, *mean), torch.cat(draws)[:samples], mean[1], sum(moved) / len(moved))


def weighted(model: LatentModel, x: Tensor, y: Tensor | None, samples: int) -> tuple[Tensor, Tensor]:
    """Codes of q(z | x_obs), (samples, *latent), and their normalised importance weights (samples,), float64."""
    z, log_q = draw(model.encode(x, y), (samples,))
    return z[:, 0], (model.log_joint(x, z, y) - log_q)[:, 0].double().softmax(0)


def resampled(z: Tensor, weights: Tensor, samples: int) -> Tensor:
    """Codes drawn again, each as often as its weight says."""
    return z[torch.multinomial(weights, samples, replacement=True)]


def told(y: Tensor | None, samples: int) -> Tensor | None:
    """The label of the example for each of its draws."""
    return None if y is None else y.expand(samples)


def step(model: LatentModel, x: Tensor, z: Tensor, y: Tensor | None) -> tuple[Tensor, float]:
    """A step of each chain from z to a draw of q(z | x), or none; and the share of chains that moved."""
    q = model.encode(x, y)
    proposed, log_q = draw(q)
    log_ratio = model.log_joint(x, proposed, y) - log_q - model.log_joint(x, z, y) + q.log_prob(z)
    moves = torch.rand_like(log_ratio).log() < log_ratio
    shape = (-1, *[1] * (z.ndim - 1))
    return torch.where(moves.reshape(shape), proposed, z), moves.double().mean().item()


def predicted(model: LatentModel, p: Distribution, weights: Tensor) -> Means:
    """Weighted means of p(x | z_k), batch (K,): of the cells' points, and of their classes' probabilities."""

    def mean(v: Tensor) -> Tensor:
        return torch.tensordot(weights.to(v.dtype), v, 1)

    event = model.event
    if not isinstance(p, (Product, Joint)):
        raise Undefined("the cells of an example are not independent given its code, so they cannot be told apart")
    points = mean(model.likelihood.point(p).to(torch.get_default_dtype()))
    most = int(levels(event).max())
    if not most:
        return points, None
    kind = torch.float32 if event.levels <= 2 else torch.int64
    values = [torch.full(event.shape, k, dtype=kind) for k in range(most)]
    return points, torch.stack([mean(p.cells(v.expand(p.batch_shape + p.event_shape)).exp()) for v in values], -1)


def averaged(means: list[Means]) -> Means:
    """The mean of means of equally many draws."""
    points, classes = zip(*means, strict=True)
    return torch.stack(points).mean(0), None if classes[0] is None else torch.stack(classes).mean(0)


def settled(event: Event, points: Tensor, classes: Tensor | None) -> Tensor:
    """The most probable class where a cell has classes, the point elsewhere."""
    if classes is None:
        return points
    possible = torch.arange(classes.shape[-1]) < levels(event)[..., None]
    return torch.where(levels(event) > 0, torch.where(possible, classes, -1.0).argmax(-1).to(points.dtype), points)


def levels(event: Event) -> Tensor:
    """Number of classes of every cell, (*event); 0 of a number."""
    if event.kind == "table":
        return torch.tensor([c.levels for c in event.columns])
    return torch.full(event.shape, event.levels)


METHODS: dict[str, Callable[[LatentModel, Tensor, Tensor | None, int], Filled]] = {
    "importance": importance,
    "gibbs": gibbs,
}
