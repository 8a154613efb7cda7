r"""KL(q || p), in nats: closed form where one is registered, otherwise the one-sample estimate.

    KL(q || p) = E_q[log q(z) - log p(z)]

The table is keyed by exact type: a subclass never inherits a formula that may not hold for it, and a lookup in a dict
can be traced by `torch.compile`, where torch's own dispatch cannot.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.distributions import (
    Bernoulli,
    Categorical,
    Distribution,
    Laplace,
    MultivariateNormal,
    Normal,
)
from torch.nn.functional import softplus

from .product import Product

Formula = Callable[[Any, Any], Tensor | None]  # of the exact types under which it is registered
KL: dict[tuple[type, type], Formula] = {}
DRAW: dict[type, Callable[..., tuple[Tensor, Tensor]]] = {}


def register_kl(q: type, p: type) -> Callable[[Formula], Formula]:
    """Register the closed form of KL(q || p) for two distribution types, per cell for the factors of a `Product`."""

    def keep(formula: Formula) -> Formula:
        KL[q, p] = formula
        return formula

    return keep


def register_draw(q: type) -> Callable[[Callable[..., tuple[Tensor, Tensor]]], Callable[..., tuple[Tensor, Tensor]]]:
    """Register `(q, samples) -> (z, log q(z))` for a type whose density is cheap only along its own draws (flows)."""

    def keep(f: Callable[..., tuple[Tensor, Tensor]]) -> Callable[..., tuple[Tensor, Tensor]]:
        DRAW[q] = f
        return f

    return keep


@register_draw(MultivariateNormal)
def _along_axes(q: MultivariateNormal, samples: Sequence[int]) -> tuple[Tensor, Tensor]:
    # From the noise itself: solving for it again loses all digits where the covariance is nearly singular.
    noise = torch.randn((*samples, *q.loc.shape), dtype=q.loc.dtype, device=q.loc.device)
    rows = noise.reshape(-1, *q.loc.shape).movedim(0, -2) @ q.scale_tril.mT  # one product for all draws of an example
    z = q.loc + rows.movedim(-2, 0).reshape(noise.shape)
    log_noise = -0.5 * (noise.square() + math.log(2 * math.pi)).sum(-1)
    return z, log_noise - logdet(q.scale_tril)


def draw(q: Distribution, samples: Sequence[int] = ()) -> tuple[Tensor, Tensor]:
    """z ~ q, (*samples, B, *L), with gradients where q allows them, and log q(z), (*samples, B)."""
    special = DRAW.get(type(q))
    if special is not None:
        return special(q, samples)
    shape = torch.Size(samples)
    z = q.rsample(shape) if q.has_rsample else q.sample(shape)
    return z, q.log_prob(z)


def cells(q: Distribution, p: Distribution) -> Tensor | None:
    """KL per latent axis, (*B, *L), where both factorise and a closed form is registered; otherwise None."""
    if not (isinstance(q, Product) and isinstance(p, Product)):
        return None
    formula = KL.get((type(q.base), type(p.base)))
    return None if formula is None else formula(q.base, p.base)


def closed_form(q: Distribution, p: Distribution) -> Tensor | None:
    """KL(q || p), (*B,), from the table; None where the table has no entry."""
    per_axis = cells(q, p)
    if per_axis is not None:
        assert isinstance(q, Product)
        return q.summed(per_axis)
    formula = KL.get((type(q), type(p)))
    return None if formula is None else formula(q, p)


def rate(q: Distribution, p: Distribution, z: Tensor, log_q: Tensor) -> Tensor:
    """KL(q || p), (*s, B) or (B,): closed form by exact type, otherwise the one-sample estimate at z ~ q."""
    exact = closed_form(q, p)
    return log_q - p.log_prob(z) if exact is None else exact


def draw_and_rate(q: Distribution, p: Distribution) -> tuple[Tensor, Tensor]:
    """One draw z ~ q and KL(q || p); log q(z) is computed only where the table has no closed form."""
    exact = closed_form(q, p)
    if exact is not None and q.has_rsample:
        return q.rsample(), exact
    z, log_q = draw(q)
    return z, rate(q, p, z, log_q)


@register_kl(Normal, Normal)
def _normal(q: Normal, p: Normal) -> Tensor:
    ratio = (q.scale / p.scale).square()
    distance = ((q.loc - p.loc) / p.scale).square()
    return 0.5 * (ratio + distance - 1 - ratio.log())


@register_kl(Bernoulli, Bernoulli)
def bernoulli_kl(q: Bernoulli, p: Bernoulli) -> Tensor:
    """KL per bit."""
    # In logits, so that probabilities of 0 and 1 stay finite: log p(1) = -softplus(-a), log p(0) = -softplus(a).
    one = softplus(-p.logits) - softplus(-q.logits)
    zero = softplus(p.logits) - softplus(q.logits)
    return q.probs * one + (1 - q.probs) * zero


@register_kl(Categorical, Categorical)
def _categorical(q: Categorical, p: Categorical) -> Tensor:
    difference = (q.logits - p.logits).masked_fill(q.probs == 0, 0.0)
    return (q.probs * difference).sum(-1)


@register_kl(Laplace, Laplace)
def _laplace(q: Laplace, p: Laplace) -> Tensor:
    ratio = q.scale / p.scale
    distance = (q.loc - p.loc).abs()
    return -ratio.log() + distance / p.scale + ratio * (-distance / q.scale).exp() - 1


@register_kl(MultivariateNormal, MultivariateNormal)
def _full(q: MultivariateNormal, p: MultivariateNormal) -> Tensor:
    return _against(q, p.loc, p.scale_tril)


@register_kl(MultivariateNormal, Product)
def _full_against_axes(q: MultivariateNormal, p: Product) -> Tensor | None:
    if type(p.base) is not Normal or p.ndim != 1:
        return None
    return _against(q, p.base.loc, torch.diag_embed(p.base.scale))


def _against(q: MultivariateNormal, loc: Tensor, tril: Tensor) -> Tensor:
    spread = torch.linalg.solve_triangular(tril, q.scale_tril, upper=False).square().sum((-2, -1))
    shift = torch.linalg.solve_triangular(tril, (loc - q.loc)[..., None], upper=False).square().sum((-2, -1))
    found: Tensor = 0.5 * (spread + shift - q.loc.shape[-1]) + logdet(tril) - logdet(q.scale_tril)
    return found


def logdet(tril: Tensor) -> Tensor:
    """ln of the determinant of triangular matrices (*B, n, n) with a positive diagonal, (*B,)."""
    return tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)
