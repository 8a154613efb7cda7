"""Rivals: what little effort makes instead of samples; a model is worth what it has beyond them."""

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from ...core.event import Event
from ...core.mode import evaluating
from ...core.pca import PCA, principal_components
from ...core.seeds import isolated
from .subject import Subject

COMPONENTS = 10


def rivals(subject: Subject, count: int) -> Iterator[tuple[str, Tensor]]:
    """Names and `count` examples each, (count, *event), in the form of samples.

    cross-fade    two training examples, one shining through the other; classes of a table are one example's
    PCA(d)        a Gaussian on d principal components, as many as a code has numbers, cut to the range of the data; of
                  a table in its place: independent columns, every one with the values of training examples

    Of an autoencoder, whose prior is no part of its training, also what it decodes codes to from

    N(0, I)       the prior of a VAE
    gaussian      a Gaussian with mean and covariance of the training codes
    mixture       a mixture of 10 Gaussians fitted to the training codes
    """
    with isolated(subject.seed, "evaluate", "rivals"), torch.no_grad(), evaluating(subject.model):
        known = subject.real("train", count).float()
        event = subject.dataset.event
        yield "cross-fade", faded_at(event, known, known[torch.randperm(len(known))], torch.tensor(0.5))
        if event.kind == "table":
            yield "independent columns", torch.stack([v[torch.randperm(len(v))] for v in known.T], 1)
        else:
            pca = principal_components(known, math.prod(subject.model.prior.shape))
            yield f"PCA({len(pca.axes)})", gaussian(pca, known)
        if autoencoder(subject):
            for name, draw in priors(subject.codes(train=True)).items():
                yield name, decoded(subject, draw(count))


def gaussian(pca: PCA, like: Tensor) -> Tensor:
    """As many draws from the Gaussian on principal components as there are examples `like`, in their range."""
    return pca.draw(len(like)).reshape(like.shape).clamp(like.min(), like.max())


def faded_at(event: Event, a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """Between examples a (*, *event) and b, value by value; a numbered class of a table is that of the nearer end."""
    between = torch.lerp(a, b, t)
    if event.kind != "table":
        return between
    numbered = torch.tensor([c.levels > 0 for c in event.columns])
    return torch.where(numbered, torch.where(t < 0.5, a, b), between)


def autoencoder(subject: Subject) -> bool:
    """Whether the prior took no part in training, and codes are numbers that another prior could draw."""
    model = subject.model
    plain = subject.objective_name == "reconstruction" and model.condition is None
    return plain and subject.certain and model.prior.entries == 0


def priors(codes: Tensor) -> dict[str, Callable[[int], Tensor]]:
    """Three ways to draw codes, for an autoencoder whose training codes are (n, axes)."""
    return {
        "N(0, I)": lambda n: torch.randn(n, codes.shape[1], dtype=codes.dtype),
        "gaussian": fitted(codes, 1),
        "mixture": fitted(codes, COMPONENTS),
    }


def fitted(codes: Tensor, components: int) -> Callable[[int], Tensor]:
    """Draws from a mixture of Gaussians with full covariances, fitted to codes (n, axes)."""
    from sklearn.mixture import GaussianMixture  # slow to import, and needed here only

    found = GaussianMixture(min(components, len(codes)), random_state=0, reg_covar=1e-6).fit(codes.numpy())
    return lambda n: torch.from_numpy(found.sample(n)[0])


def decoded(subject: Subject, codes: Tensor) -> Tensor:
    """Points of the likelihood at codes (n, axes), on the CPU."""
    z = codes.to(subject.like()).unflatten(1, subject.model.prior.shape)
    parts = [subject.model.likelihood.point(subject.model.decode(part)) for part in z.split(subject.rows)]
    return torch.cat(parts).cpu()
