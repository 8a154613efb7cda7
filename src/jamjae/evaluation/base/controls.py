"""Controls: pictures that are no data. An extractor that takes them for data must not judge a model.

pca           draws from a Gaussian on the first 10 principal components: the right covariance, and blurred
shrunk        examples half-way to the mean picture: the right kind, and pale
noise         the mean picture and noise of the data's variance
shuffled      every pixel from another example: the right pixels, and no picture

Principal components of unit variance take them for data, random convolutions do not. What an extractor sees depends on
the data, so every extractor is tried on the data in hand.

Reference:
    Raisa et al. (2025), Position: all current generative fidelity and diversity metrics are flawed.
    https://arxiv.org/abs/2505.22450
"""

from collections.abc import Callable
from dataclasses import replace
from statistics import mean

import torch
from torch import Tensor

from ...core.pca import principal_components
from .extractors import Extractor
from .neighbours import balls, inside

AXES = 10
PASSED = 0.8  # of what real examples reach: a control above it is taken for data


def controls(x: Tensor) -> dict[str, Tensor]:
    """Four kinds of pictures that are no data, (n, *event) each, made from examples x (n, *event)."""
    flat = x.flatten(1).float()
    mean, spread = flat.mean(0), flat.std()
    found = {
        "pca": principal_components(flat, AXES).draw(len(x)),
        "shrunk": (flat + mean) / 2,
        "noise": mean + spread * torch.randn_like(flat),
        "shuffled": torch.stack([column[torch.randperm(len(x))] for column in flat.T], 1),
    }
    low, high = flat.min(), flat.max()
    return {name: rows.clamp(low, high).reshape(x.shape) for name, rows in found.items()}


def passing(see: Callable[[Tensor], Tensor], x: Tensor) -> dict[str, float]:
    """How far every control passes for data to an extractor, between 0 and 1.

    The harmonic mean of two shares: of controls that lie among examples, and of examples that have a control near,
    each over that share for as many other examples, at most 1.

    Arguments:
        see: The extractor.
        x: Examples, (n, *event); a third is compared with, a third is what the controls are made of.
    """
    real, second, source = (x[part::3] for part in range(3))
    centres = see(real)
    radii = balls(centres)
    usual = shares(see(second), centres, radii)
    found = {}
    for name, made in controls(source).items():
        both = zip(shares(see(made), centres, radii), usual, strict=True)
        among, reached = (min(1.0, share / max(other, 1e-9)) for share, other in both)
        found[name] = 2 * among * reached / max(among + reached, 1e-12)
    return found


def shares(y: Tensor, centres: Tensor, radii: Tensor) -> tuple[float, float]:
    """The share of rows y (n, F) inside some ball, and of balls with some row inside."""
    held_by, holding = inside(y, centres, radii)
    return (held_by > 0).double().mean().item(), (holding > 0).double().mean().item()


def tried(found: list[Extractor], x: Tensor) -> list[Extractor]:
    """The extractors, each with the control that it takes for data, if there is one.

    Arguments:
        found: Extractors; several of one name are repetitions, whose mean counts.
        x: Pictures, (n, *event); those that an extractor has learned from make it look a little better.
    """
    means: dict[str, dict[str, float]] = {}
    for name in dict.fromkeys(see.name for see in found):
        passed = [passing(see, x) for see in found if see.name == name]
        means[name] = {control: mean(p[control] for p in passed) for control in passed[0]}
    return [replace(see, fooled=taken(means[see.name])) for see in found]


def taken(passed: dict[str, float]) -> str:
    """The control that passes best, if it passes for data; otherwise empty."""
    best = max(passed, key=lambda control: passed[control])
    return best if passed[best] > PASSED else ""
