"""What the laws of priors and posteriors hand them, by their claims: contexts, posteriors of pseudo-inputs, codes."""

from itertools import chain
from typing import Any

import torch
from discovered import normal
from torch import Tensor
from torch.distributions import Distribution, Normal, constraints

from jamjae.core import Event, Product, UsageError, build
from jamjae.core.quantised import numbered
from jamjae.core.shapes import Shape
from jamjae.priors import Prior


def contexts(width: int, batch: int) -> Tensor:
    """Labels of classes in turn, the missing one last, (batch, width)."""
    rows = torch.cat([torch.eye(width), torch.zeros(1, width)])
    return rows[torch.arange(batch) % len(rows)]


def distribution(prior: Any, batch: int = 1) -> Distribution:
    """p(z): batch (), or of a conditional prior (batch,)."""
    like = next(chain(prior.parameters(), prior.buffers()))

    def posterior_of(u: Tensor) -> Distribution:
        flat = u.flatten(1)
        axes = torch.Size(prior.latent).numel()
        mean = 2 * flat @ normal((flat.shape[1], axes), seed=5).to(like)
        return Product(Normal(mean.reshape(-1, *prior.latent), 0.7), len(prior.latent))

    context = contexts(prior.context, batch).to(like) if prior.context else None
    return prior(context, posterior_of)


def codes(part: Any, shape: Shape, seed: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
    """What a prior is a distribution of, (*shape, *part.shape), from the support that it claims."""
    if part.support is numbered:
        return torch.randint(part.entries, (*shape, *part.shape), generator=torch.Generator().manual_seed(seed))
    z = normal((*shape, *part.shape), seed, dtype)
    return (z > 0).to(dtype) if part.support is constraints.boolean else z


def resized(prior: Any, posterior: Any) -> Any:
    """A prior of the same kind over a posterior's codes; None where it cannot be."""
    latent, entries = posterior.latent, posterior.entries
    sizes = {"event": Event((2,)), "latent": latent, "entries": entries, "context": prior.context}
    try:
        return build(Prior, prior.name(), **sizes)
    except UsageError:
        return None
