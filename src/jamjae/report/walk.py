r"""One example step by step through a Gaussian encoder, and one gradient step of a copy of the model.

x -> mu, sigma -> z = mu + sigma * epsilon -> p(x | z) -> -log p(x | z) + KL(q(z | x) || p(z)) -> update
"""

import copy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.distributions import Distribution, Normal

from ..core.divergence import closed_form
from ..core.errors import Undefined
from ..core.product import Product
from ..core.seeds import isolated
from ..models.latent import LatentModel

MOST = 10  # axes shown
SHARE = 0.01  # of the loss: what the gradient step takes off it, as far as the slope at its start tells


def gaussian(q: Distribution) -> bool:
    """Whether a posterior is a mean and a deviation for every axis."""
    return isinstance(q, Product) and type(q.base) is Normal


@dataclass(frozen=True)
class Passage:
    """One example's way through the model under a given epsilon: what comes out at every step."""

    mu: Tensor
    sigma: Tensor
    z: Tensor
    decoded: Distribution
    distortion: Tensor
    rate: Tensor
    exact: bool  # whether the rate is the closed form; otherwise it is the estimate at z

    @property
    def loss(self) -> Tensor:
        """The negative ELBO at this one draw, in nats."""
        return self.distortion + self.rate


def passage(model: LatentModel, x: Tensor, y: Tensor | None, epsilon: Tensor) -> Passage:
    """The way of examples x (B, *E) under epsilon (B, *L). The rate weighs 1, whatever beta training used."""
    q = model.encode(x, y)
    assert isinstance(q, Product) and isinstance(q.base, Normal)
    mu, sigma = q.base.loc, q.base.scale
    z = mu + sigma * epsilon
    prior, p = model.latent(y), model.decode(z, y)
    exact = closed_form(q, prior)
    rate = q.log_prob(z) - prior.log_prob(z) if exact is None else exact
    return Passage(mu, sigma, z, p, -p.log_prob(x), rate, exact is not None)


@dataclass(frozen=True)
class Step:
    """A plain gradient step: norm of the gradient, learning rate, and the loss before and after, in nats."""

    norm: float
    rate: float
    before: float
    after: float


def step(model: LatentModel, x: Tensor, y: Tensor | None, epsilon: Tensor) -> Step | None:
    """One step of gradient descent on the loss of one example, by a copy of the model; epsilon stays the same.

        w <- w - r g,   r = 0.01 |loss| / |g|^2

    The learning rate r is so small that the loss should fall by 1 %. None where there is no gradient.
    """
    twin = copy.deepcopy(model).requires_grad_(True)
    with torch.enable_grad():
        before = passage(twin, x, y, epsilon).loss.sum()
        weights = list(twin.parameters())
        slopes = torch.autograd.grad(before, weights, allow_unused=True)
    square = sum(float(g.double().square().sum()) for g in slopes if g is not None)
    if not (0 < square < np.inf):
        return None
    rate = SHARE * abs(before.item()) / square
    with torch.no_grad():
        for weight, slope in zip(weights, slopes, strict=True):
            if slope is not None:
                weight -= rate * slope
        after = passage(twin, x, y, epsilon).loss.sum()
    return Step(square**0.5, rate, before.item(), after.item())


def walk(model: LatentModel, x: Tensor, y: Tensor | None, worth: Tensor, seed: int) -> dict[str, np.ndarray]:
    """One example x (1, *E) step by step; nothing where the posterior is no Gaussian or there is no density.

    walk_x and walk_decoded (*E); walk_mu, walk_sigma, walk_epsilon and walk_z of the at most ten worthiest axes, whose
    numbers are walk_axes; walk_terms: distortion, rate and their sum, in nats; walk_exact; walk_step: see `Step`.
    """
    if not gaussian(model.encode(x, y)):
        return {}
    with isolated(seed, "walk"):
        epsilon = torch.randn(1, *model.prior.latent).to(x if x.is_floating_point() else next(model.parameters()))
    try:
        found = passage(model, x, y, epsilon)
    except Undefined:
        return {}
    axes = worth.nan_to_num(-1.0).argsort(descending=True, stable=True)[:MOST]
    terms = [found.distortion.item(), found.rate.item(), found.loss.item()]
    arrays = {"mu": found.mu, "sigma": found.sigma, "epsilon": epsilon, "z": found.z}
    kept = {f"walk_{name}": v.flatten()[axes].float().cpu().numpy() for name, v in arrays.items()}
    kept |= {"walk_x": x[0].float().cpu().numpy(), "walk_axes": axes.cpu().numpy(), "walk_terms": np.array(terms)}
    kept["walk_exact"] = np.array(found.exact)
    kept["walk_decoded"] = model.likelihood.point(found.decoded)[0].float().cpu().numpy()
    done = step(model, x, y, epsilon)
    return kept if done is None else {**kept, "walk_step": np.array([done.norm, done.rate, done.before, done.after])}
