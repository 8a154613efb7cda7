"""What the pictures of a report show: a model looked at from every side, as numpy arrays."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..core.divergence import cells
from ..core.mode import evaluating
from ..core.seeds import isolated
from ..data.dataset import Dataset
from ..data.labels import named
from ..models.latent import LatentModel
from . import gradients
from .walk import walk

PIXELS = 320_000  # cells a sheet may hold, so that the page stays small
MAP = 10_000
PAIRS, STEPS, LONGEST = 5, 9, 8
LABELS, COLUMNS = 10, 10  # rows and columns of samples where there is one row per label
DRAWS = 4096  # for the range of the prior


class Look:
    """A model and the examples to show it on."""

    def __init__(self, model: LatentModel, dataset: Dataset, split: str, seed: int) -> None:
        self.model, self.latent = model, tuple(model.prior.latent)
        self.like = next(t for t in (*model.parameters(), *model.buffers()) if t.is_floating_point())
        self.x, self.y = dataset.examples(split, MAP, seed)
        known = model.known(self.placed(self.x), self.y)
        self.told = None if model.condition is None else known  # labels that the model sees
        self.classes, self.seed = dataset.classes, seed
        self.text = dataset.event.kind == "text"
        self.flat = len(dataset.event.shape) == 1 and not self.text  # vectors and points, no images
        self.fits = max(1, PIXELS // dataset.event.cells)

    def placed(self, x: Tensor) -> Tensor:
        """x on the model's device and, if it holds real numbers, in its precision."""
        return x.to(self.like) if x.is_floating_point() else x.to(self.like.device)

    def decode(self, z: Tensor, y: Tensor | None) -> np.ndarray:
        """The likelihood's point at codes (*s, axes) under labels that broadcast to (*s), (*s, *E)."""
        y = None if y is None else y.expand(z.shape[:-1]).reshape(-1)
        x = self.model.likelihood.point(self.model.decode(z.reshape(-1, *self.latent), y))
        return array(x.reshape(*z.shape[:-1], *x.shape[1:]))

    def typical(self, most: int) -> Tensor | None:
        """Usual labels (n,) of a conditional model; None for other models."""
        return None if self.model.condition is None else self.model.condition.typical(most)

    def names(self, y: Tensor) -> np.ndarray:
        """Labels (n,) as short texts."""
        if y.is_floating_point():
            return np.array([f"{v:.3g}" if v == v else "" for v in y.tolist()])
        return np.array(named(y, self.classes))

    def codes(self) -> tuple[Tensor, Tensor | None]:
        """Codes (n, axes), and the KL of every example and axis, (n, axes), where it splits into axes."""
        assert self.model.posterior is not None
        codes, kl = [], []
        for rows in torch.arange(len(self.x)).split(2000):
            y = None if self.told is None else self.told[rows].to(self.like.device)
            q = self.model.encode(self.placed(self.x[rows]), y)
            codes.append(self.model.posterior.point(q).flatten(1))
            per_axis = cells(q, self.model.latent(y))
            if per_axis is not None:
                kl.append(per_axis.flatten(1))
        return torch.cat(codes), torch.cat(kl).double() if kl else None

    def reach(self, y: Tensor | None) -> tuple[Tensor, Tensor]:
        """The range of every axis that holds 96 % of the prior's draws (under label y (1,)), (axes,) each."""
        z, _ = self.model.draw(DRAWS, None if y is None else y.expand(DRAWS))
        low, high = z.flatten(1).float().quantile(torch.tensor([0.02, 0.98], device=z.device), 0)
        return low.to(self.like), high.to(self.like)


def array(x: Tensor) -> np.ndarray:
    """A tensor as numpy, in single precision."""
    return x.detach().float().cpu().numpy()


def look(model: LatentModel, dataset: Dataset, split: str, seed: int) -> dict[str, np.ndarray]:
    """Arrays by name; a model without an encoder has no "codes", nothing that is made of them, and no ends of strips.

    data, labels, codes, kl, dead; originals and reconstructions; samples; plane with its range; first, strips and last;
    traversals with the axis numbers of their rows. Of a conditional model also the texts of labels: sample_labels (one
    a row of samples), plane_label, traversal_label. With a Gaussian posterior also what `walk` and `gradients.compared`
    give of the first example. The model's mode and the caller's random state stay as they were.
    """
    with isolated(seed, "report"), torch.no_grad(), evaluating(model):
        view = Look(model, dataset, split, seed)
        found = {"data": array(view.x[: 5000 if view.flat else 200])} | samples(view)
        if math.prod(view.latent) == 2:
            found |= plane(view)
        if model.encoder is None or not len(view.x):
            return found | drawn_strips(view) | drawn_traversals(view)
        codes, per_axis = view.codes()
        found |= {"codes": array(codes)} | ({} if per_axis is None else information(per_axis))
        found |= {} if view.y is None else {"labels": view.y.cpu().numpy()}
        found |= reconstructions(view) | strips(view, codes)
        worth = codes.double().var(0, unbiased=False) if per_axis is None else per_axis.mean(0)
        y = None if view.told is None else view.told[:1].to(view.like.device)
        x = view.placed(view.x[:1])
        found |= walk(model, x, y, worth, seed) | gradients.compared(model, x, y, seed)
        return found | traversals(view, codes[0], y, worth)


def information(per_axis: Tensor) -> dict[str, np.ndarray]:
    """Mean KL of every axis, and which axes have collapsed: below 0.01 nats for at least 99 % of the examples."""
    dead = (per_axis < 0.01).double().mean(0) >= 0.99
    return {"kl": array(per_axis.mean(0)), "dead": dead.cpu().numpy()}


def samples(view: Look) -> dict[str, np.ndarray]:
    """Draws from the model: points of p(x | z) as pictures; of vectors, draws with their noise, enough for a cloud.

    Of a conditional model a row per label (R, K, *E), the same random numbers in every row; of points a cloud anyway.
    """
    y = view.typical(LABELS)
    if view.x.shape[1:] == (2,) or (y is None and view.flat):
        return {"samples": array(view.model.sample(2000, noise=True))}
    if y is None:
        return {"samples": array(view.model.sample(min(60, max(10, view.fits))))}
    columns = min(COLUMNS, max(3, view.fits // len(y)))
    return {
        "samples": np.stack([row(view, one, columns) for one in y.split(1)]),
        "sample_labels": view.names(y),
    }


def row(view: Look, y: Tensor, columns: int) -> np.ndarray:
    """Samples (columns, *E) under a label y (1,); equal random numbers for every label."""
    with isolated(view.seed, "row"):
        return array(view.model.sample(columns, y.expand(columns), noise=view.flat))


def reconstructions(view: Look) -> dict[str, np.ndarray]:
    count = 400 if view.flat else min(30, max(5, view.fits // 2))
    x, y = view.x[:count], None if view.told is None else view.told[:count].to(view.like.device)
    return {"originals": array(x), "reconstructions": array(view.model.reconstruct(view.placed(x), y))}


def plane(view: Look) -> dict[str, np.ndarray]:
    """The 2-D latent space over the prior's range, decoded: row = second axis, column = first; under the most usual
    label."""
    count = (
        (41 if view.x.shape[1:] == (2,) else 11)
        if view.flat
        else int(min(7 if view.text else 20, max(5, math.isqrt(view.fits))))
    )
    y = view.typical(1)
    low, high = view.reach(y)
    across = torch.linspace(0, 1, count).to(low)
    one, two = low[0] + (high[0] - low[0]) * across, low[1] + (high[1] - low[1]) * across
    z = torch.stack(torch.meshgrid(two, one, indexing="ij")[::-1], -1)
    found = {"plane": view.decode(z, y), "plane_range": array(torch.stack([low, high], 1))}
    return found if y is None else {**found, "plane_label": view.names(y)}


def strips(view: Look, codes: Tensor) -> dict[str, np.ndarray]:
    """Straight ways between the codes of two examples, of two classes where there are labels."""
    a, b = (torch.as_tensor(rows) for rows in partners(view))
    labels = None if view.told is None else (view.told[a], view.told[b])
    between = walked(view, codes[a.to(codes.device)], codes[b.to(codes.device)], labels)
    return {"first": array(view.x[a]), "strips": between, "last": array(view.x[b])}


def drawn_strips(view: Look) -> dict[str, np.ndarray]:
    """Straight ways between draws from the prior."""
    z, y = view.model.draw(2 * PAIRS)
    a, b = z.flatten(1).chunk(2)
    return {"strips": walked(view, a, b, None if y is None else y.chunk(2))}


def walked(view: Look, a: Tensor, b: Tensor, labels: Sequence[Tensor] | None) -> np.ndarray:
    """Pictures on the ways from codes a to b (n, axes), (n, STEPS, *E); labels as the condition has them between."""
    share = torch.linspace(0, 1, STEPS).to(a)
    y = None
    if labels is not None and view.model.condition is not None:
        first, last = (label.to(a.device)[:, None] for label in labels)
        y = view.model.condition.between(first, last, share)
    return view.decode(torch.lerp(a[:, None], b[:, None], share[:, None]), y)


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


def traversals(view: Look, z: Tensor, y: Tensor | None, worth: Tensor) -> dict[str, np.ndarray]:
    """A code z (axes,) under its label y (1,); one axis moves at a time over the prior's range, worthiest first."""
    axes = worth.nan_to_num(-1.0).argsort(descending=True, stable=True)[:LONGEST]
    low, high = view.reach(y)
    moved = z.repeat(len(axes), STEPS, 1)
    for number, axis in enumerate(axes.tolist()):
        moved[number, :, axis] = torch.linspace(float(low[axis]), float(high[axis]), STEPS)
    found = {"traversals": view.decode(moved, y), "traversal_axes": axes.cpu().numpy()}
    return found if y is None else {**found, "traversal_label": view.names(y)}


def drawn_traversals(view: Look) -> dict[str, np.ndarray]:
    """The same around a draw from the prior, whose axes are all alike."""
    z, y = view.model.draw(1)
    return traversals(view, z.flatten(), y, torch.ones(z.numel(), device=z.device))
