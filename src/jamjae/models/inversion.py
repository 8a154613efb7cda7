"""Inversion: the code of an example for a model without an encoder, found by search."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.distributions import Distribution

from ..core.errors import require
from ..core.seeds import isolated
from ..core.shapes import missing
from .latent import LatentModel

CANDIDATES = 64  # draws from the prior among which each example finds its starts
RATE = 0.05  # of Adam, in units of the code


@dataclass(frozen=True)
class Inverted:
    """What the search found for examples x (B, *E).

    Arguments:
        codes: The best codes, (B, *L).
        errors: |x - g(z)|^2 there, (B,), summed over the observed cells, in squared units of the data.
    """

    codes: Tensor
    errors: Tensor


def invert(
    model: LatentModel,
    x: Tensor,
    y: Tensor | None = None,
    *,
    starts: int = 4,
    steps: int = 200,
    noise: float = 0.05,
    seed: int = 0,
) -> Inverted:
    r"""The most probable code of every example under a generator g with a little Gaussian noise of deviation s.

        z = argmin |x - g(z)|^2 / (2 s^2) - log p(z)

    Adam from several starts, the nearest of 64 draws from the prior; the best end counts. It is a local search: a large
    error may mean that g cannot make x, or that the search did not find it. The same seed gives the same codes.

    Reference:
        Creswell and Bharath (2019), Inverting the generator of a generative adversarial network.
        https://arxiv.org/abs/1611.05644

    Arguments:
        model: Any latent model; only its prior, decoder and likelihood are used.
        x: Examples (B, *E).
        y: Their labels (B,), where the model is conditional.
        starts: Searches per example, 1 to 64.
        steps: Steps of each, >= 0.
        noise: s, in the data's units, > 0; smaller fits closer, with codes that are less usual.
        seed: Of the starts.

    Example:
        >>> from jamjae import likelihoods, networks, priors
        >>> from jamjae.core import Event
        >>> g = networks.MLP((2,), (2, 1), widths=())
        >>> model = LatentModel(priors.Gaussian((2,)), g, likelihoods.Point(Event((2,)))).eval()
        >>> found = invert(model, model.decode(torch.ones(3, 2)).mean.detach())
        >>> found.codes.shape, bool((found.errors < 0.01).all())
        (torch.Size([3, 2]), True)
    """
    require(1 <= starts <= CANDIDATES, f"`starts` must be 1 to {CANDIDATES}", starts, "Pass starts=4.")
    require(steps >= 0, "`steps` must be at least 0", steps, "Pass steps=200.")
    require(noise > 0, "`noise` must be positive", noise, "Pass noise=0.05.")
    z = nearest(model, x, y, starts, seed)
    with torch.enable_grad():
        descend(lambda z: cost(model, x, y, z, noise).sum(), z, steps)
    with torch.no_grad():
        best = cost(model, x, y, z, noise).argmin(0)
        codes = z[best, torch.arange(len(x), device=x.device)]
        return Inverted(codes, squared(model, x, y, codes))


@torch.no_grad()
def nearest(model: LatentModel, x: Tensor, y: Tensor | None, starts: int, seed: int) -> Tensor:
    """Of 64 draws from the prior the ones whose pictures are nearest to x, (starts, B, *L)."""
    p = model.latent(y)
    if y is None or p.batch_shape == ():
        z = candidates(p, seed)[:, None].expand(-1, len(x), *p.event_shape)
    else:  # one label at a time: the draws of an example must not depend on which others there are
        z = torch.cat([candidates(model.latent(one), seed) for one in y[:, None]], 1)
    order = squared(model, x, y, z).argsort(0)[:starts]
    return z.gather(0, order.reshape(*order.shape, *(1 for _ in p.event_shape)).expand(-1, -1, *p.event_shape)).clone()


def candidates(p: Distribution, seed: int) -> Tensor:
    """64 draws, the same for the same seed, (64, *B, *L)."""
    with isolated(seed, "inversion"):
        return p.sample(torch.Size((CANDIDATES,)))


def descend(f: Callable[[Tensor], Tensor], z: Tensor, steps: int) -> None:
    """Lower f(z) by steps of Adam, in place."""
    optimiser = torch.optim.Adam([z.requires_grad_()], RATE)
    for _ in range(steps):
        (z.grad,) = torch.autograd.grad(f(z), z)
        optimiser.step()
    z.requires_grad_(False)


def squared(model: LatentModel, x: Tensor, y: Tensor | None, z: Tensor) -> Tensor:
    """|x - g(z)|^2 over the observed cells, (*s, B)."""
    apart = torch.where(missing(x), 0.0, x - model.likelihood.point(model.decode(z, y)))
    return apart.square().flatten(-x.ndim + 1).sum(-1)


def cost(model: LatentModel, x: Tensor, y: Tensor | None, z: Tensor, noise: float) -> Tensor:
    """-log p(x, z) up to a constant, (*s, B)."""
    return squared(model, x, y, z) / (2 * noise**2) - model.latent(y).log_prob(z)
