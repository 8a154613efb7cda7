"""What the pictures of a report show: a model looked at from every side, as numpy arrays."""

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..core.divergence import cells
from ..core.seeds import isolated
from ..data.dataset import Dataset
from ..evaluation.base import evaluating
from ..models.latent import LatentModel

PIXELS = 320_000  # cells a sheet may hold, so that the page stays small
MAP = 10_000
PAIRS, STEPS, LONGEST = 5, 9, 8


class Look:
    """A model and the examples to show it on."""

    def __init__(self, model: LatentModel, dataset: Dataset, split: str, seed: int) -> None:
        self.model, self.latent = model, tuple(model.prior.latent)
        self.like = next(t for t in (*model.parameters(), *model.buffers()) if t.is_floating_point())
        self.x, self.y = dataset.examples(split, MAP, seed)
        self.seed = seed
        self.flat = len(dataset.event.shape) == 1  # vectors and points, no images
        self.fits = max(1, PIXELS // dataset.event.cells)

    def placed(self, x: Tensor) -> Tensor:
        """x on the model's device and, if it holds real numbers, in its precision."""
        return x.to(self.like) if x.is_floating_point() else x.to(self.like.device)

    def decode(self, z: Tensor) -> np.ndarray:
        """The likelihood's point at codes (*s, axes), (*s, *E)."""
        x = self.model.likelihood.point(self.model.decode(z.reshape(-1, *self.latent)))
        return array(x.reshape(*z.shape[:-1], *x.shape[1:]))

    def codes(self) -> tuple[Tensor, Tensor | None]:
        """Codes (n, axes), and the KL of every example and axis, (n, axes), where it splits into axes."""
        assert self.model.posterior is not None
        codes, kl = [], []
        for x in self.x.split(2000):
            q = self.model.encode(self.placed(x))
            codes.append(self.model.posterior.point(q).flatten(1))
            per_axis = cells(q, self.model.latent())
            if per_axis is not None:
                kl.append(per_axis.flatten(1))
        return torch.cat(codes), torch.cat(kl).double() if kl else None

    def reach(self) -> tuple[Tensor, Tensor]:
        """The range of every axis that holds 96 % of the prior's draws, (axes,) each."""
        p = self.model.latent()
        z = p.sample((4096,)) if p.batch_shape == () else p.sample()
        low, high = z.flatten(1).float().quantile(torch.tensor([0.02, 0.98], device=z.device), 0)
        return low.to(self.like), high.to(self.like)


def array(x: Tensor) -> np.ndarray:
    """A tensor as numpy, in single precision."""
    return x.detach().float().cpu().numpy()


def look(model: LatentModel, dataset: Dataset, split: str, seed: int) -> dict[str, np.ndarray]:
    """Arrays by name; a model without an encoder has only "data", "samples" (and "plane").

    data, labels, codes, kl, dead; originals and reconstructions; samples; plane with its range; first, strips and last;
    traversals with the axis numbers of their rows. The model's mode and the caller's random state stay as they were.
    """
    with isolated(seed, "report"), torch.no_grad(), evaluating(model):
        view = Look(model, dataset, split, seed)
        found = {"data": array(view.x[: 5000 if view.flat else 200]), "samples": samples(view)}
        if math.prod(view.latent) == 2:
            found |= plane(view)
        if model.encoder is not None and len(view.x):
            codes, per_axis = view.codes()
            kl = None if per_axis is None else per_axis.mean(0)
            found |= {"codes": array(codes)} | ({} if per_axis is None else information(per_axis))
            found |= {} if view.y is None else {"labels": view.y.cpu().numpy()}
            found |= reconstructions(view) | strips(view, codes) | traversals(view, codes, kl)
    return found


def information(per_axis: Tensor) -> dict[str, np.ndarray]:
    """Mean KL of every axis, and which axes have collapsed: below 0.01 nats for at least 99 % of the examples."""
    dead = (per_axis < 0.01).double().mean(0) >= 0.99
    return {"kl": array(per_axis.mean(0)), "dead": dead.cpu().numpy()}


def samples(view: Look) -> np.ndarray:
    """Draws from the model: points of p(x | z) as pictures; of vectors, draws with their noise, enough for a cloud."""
    if view.flat:
        return array(view.model.sample(2000, noise=True))
    return array(view.model.sample(min(60, max(10, view.fits))))


def reconstructions(view: Look) -> dict[str, np.ndarray]:
    x = view.x[: 400 if view.flat else min(30, max(5, view.fits // 2))]
    return {"originals": array(x), "reconstructions": array(view.model.reconstruct(view.placed(x)))}


def plane(view: Look) -> dict[str, np.ndarray]:
    """The 2-D latent space over the prior's range, decoded: row = second axis, column = first."""
    count = (41 if view.x.shape[1:] == (2,) else 11) if view.flat else int(min(20, max(5, math.isqrt(view.fits))))
    low, high = view.reach()
    across = torch.linspace(0, 1, count).to(low)
    one, two = low[0] + (high[0] - low[0]) * across, low[1] + (high[1] - low[1]) * across
    z = torch.stack(torch.meshgrid(two, one, indexing="ij")[::-1], -1)
    return {"plane": view.decode(z), "plane_range": array(torch.stack([low, high], 1))}


def strips(view: Look, codes: Tensor) -> dict[str, np.ndarray]:
    """Straight ways between the codes of two examples, of two classes where there are labels."""
    a, b = (torch.as_tensor(rows, device=codes.device) for rows in partners(view))
    share = torch.linspace(0, 1, STEPS).to(codes)[None, :, None]
    z = torch.lerp(codes[a][:, None], codes[b][:, None], share)
    return {"first": array(view.x[a.cpu()]), "strips": view.decode(z), "last": array(view.x[b.cpu()])}


def partners(view: Look) -> tuple[list[int], list[int]]:
    """Row numbers of pairs to walk between, the same for the same seed."""
    count = min(len(view.x), 500)
    mixed = np.random.default_rng(view.seed).permutation(count).tolist()
    kinds: Any = range(count) if view.y is None else view.y[:count].tolist()
    found: list[tuple[int, int]] = []
    while len(mixed) > 1 and len(found) < PAIRS:
        first = mixed.pop()
        other = next((n for n in reversed(mixed) if kinds[n] != kinds[first]), mixed[-1])
        mixed.remove(other)
        found.append((first, other))
    found = found or [(0, 0)]
    return [a for a, _ in found], [b for _, b in found]


def traversals(view: Look, codes: Tensor, kl: Tensor | None) -> dict[str, np.ndarray]:
    """One example's code with one axis moved over the prior's range; most informative (else most varied) axes first."""
    worth = kl if kl is not None else codes.double().var(0, unbiased=False)
    axes = worth.nan_to_num(-1.0).argsort(descending=True, stable=True)[:LONGEST]
    low, high = view.reach()
    z = codes[0].repeat(len(axes), STEPS, 1)
    for row, axis in enumerate(axes.tolist()):
        z[row, :, axis] = torch.linspace(float(low[axis]), float(high[axis]), STEPS)
    return {"traversals": view.decode(z), "traversal_axes": axes.cpu().numpy()}
