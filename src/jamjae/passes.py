"""Examples through a model and back: in chunks, without gradients, numpy out."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from .core.errors import Undefined
from .data.taken import Taken
from .models.inversion import invert
from .models.latent import LatentModel

CHUNK = 1000  # examples in one pass of a network
SEARCHED = 100  # examples whose codes are searched for together: each has many starts


def chunks(x: Tensor | Taken, y: Tensor | None, size: int = CHUNK) -> Iterator[tuple[Tensor, Tensor | None]]:
    """Examples (or codes) and their labels, so many at a time."""
    for start in range(0, len(x), size):
        yield x[start : start + size], None if y is None else y[start : start + size]


def inverted(model: LatentModel, x: Tensor | Taken, y: Tensor | None) -> tuple[np.ndarray, np.ndarray]:
    """Codes (n, *latent) of x (n, *event) for a model without an encoder, by search, and their squared errors (n,)."""
    found = [invert(model, *part) for part in chunks(x, y, SEARCHED)]
    return torch.cat([f.codes for f in found]).numpy(), torch.cat([f.errors for f in found]).numpy()


def known(model: LatentModel, x: Tensor | Taken, y: Tensor | None) -> Tensor | None:
    """The labels of x (n, *event), (n,); where one is missing, what the model tells it to be, if it can."""
    found = [model.known(*part) for part in chunks(x, y)]
    return torch.cat([part for part in found if part is not None]) if found and found[0] is not None else None


@torch.no_grad()
def inferred(model: LatentModel, x: Tensor) -> np.ndarray:
    """q(y | x) of x (n, *event), (n, classes).

    Raises:
        Undefined: For a model that does not infer labels.
    """
    return torch.cat([model.infer(part).probs for part, _ in chunks(x, None)]).numpy()


@torch.no_grad()
def encoded(model: LatentModel, x: Tensor | Taken, y: Tensor | None) -> np.ndarray:
    """Codes of x (n, *event), (n, *latent).

    Raises:
        Undefined: For a model that only generates.
    """
    if model.posterior is None:
        raise Undefined("this model only generates: it has no posterior")
    return torch.cat([model.posterior.point(model.encode(*part)) for part in chunks(x, y)]).numpy()


@torch.no_grad()
def deviations(model: LatentModel, x: Tensor | Taken, y: Tensor | None) -> np.ndarray:
    """The posterior's standard deviations at x (n, *event), (n, *latent).

    Raises:
        Undefined: For a posterior whose variance has no closed form.
    """
    return torch.cat([model.encode(*part).variance.sqrt() for part in chunks(x, y)]).numpy()


@torch.no_grad()
def decoded(model: LatentModel, z: Tensor, y: Tensor | None) -> np.ndarray:
    """The likelihood's point at codes z (n, *latent), (n, *event)."""
    return torch.cat([model.likelihood.point(model.decode(*part)) for part in chunks(z, y)]).numpy()


@torch.no_grad()
def reconstructed(model: LatentModel, x: Tensor | Taken, y: Tensor | None) -> np.ndarray:
    """x (n, *event) through the code and back; the code is searched for where there is no encoder."""
    if model.encoder is None:
        return decoded(model, torch.from_numpy(inverted(model, x, y)[0]), y)
    return torch.cat([model.reconstruct(*part) for part in chunks(x, y)]).numpy()
