"""Who judges how strange an example is: a model, what it was trained on, and how closely it looks.

Draws are made one example at a time, under the same seed for each. So all examples get the same noise, and no score
depends on which other examples there are, on their order or on how many are decoded together (up to rounding).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.distributions import Distribution

from .anomalies import p_values
from .core.seeds import isolated, reseed
from .data.spread import Space
from .evaluation.base.subject import CELLS
from .models.latent import LatentModel
from .passes import chunks, encoded
from .surroundings import SAME

Part = tuple[Tensor, Tensor | None]  # scores (n,) and what every cell contributes (n, *event), if it splits
Examples = tuple[Tensor, Tensor | None]
Kind = Callable[["Judge", Tensor, Tensor | None], Part]


@dataclass
class Judge:
    """A model, and how closely it looks.

    Arguments:
        model: In evaluation mode, on the CPU.
        known: Training examples and their labels, at most a few thousand; asked for only where codes or scores are
            compared with theirs.
        samples: Draws of the code for each example, >= 1.
        seed: Of the draws.
        background: Another model of examples of the same kind; only `ratio` asks for it.
    """

    model: LatentModel
    known: Callable[[], Examples]
    samples: int = 100
    seed: int = 0
    background: LatentModel | None = None
    usual: dict[str, np.ndarray] = field(default_factory=dict, init=False, repr=False)

    @property
    def draws(self) -> int:
        """Draws that say more than one: 1 where the code has no chance."""
        return 1 if self.model.posterior is not None and self.model.posterior.certain else self.samples

    @cached_property
    def training(self) -> Examples:
        """What `known` says, asked once."""
        return self.known()

    @cached_property
    def points(self) -> np.ndarray:
        """Codes of the training examples, (m, axes), float64."""
        return self.codes(*self.training)

    @cached_property
    def gaussian(self) -> Any:
        """Mean and covariance of the training codes, shrunk as Ledoit and Wolf (2004) do."""
        from sklearn.covariance import LedoitWolf  # slow to import, and needed here only

        return LedoitWolf().fit(self.points)

    @cached_property
    def index(self) -> Any:
        """Who is near in the training codes."""
        from sklearn.neighbors import NearestNeighbors  # slow to import, and needed here only

        return NearestNeighbors().fit(self.points)

    def gaps(self, codes: np.ndarray, count: int) -> np.ndarray:
        """Mean distance of codes (n, axes) to the `count` nearest training codes, fewer where there are fewer, (n,).

        A training code at no distance is taken for that of the example itself, and one such is left out.
        """
        count = min(count, len(self.points) - 1)
        away, _ = self.index.kneighbors(codes, count + 1)
        itself = away[:, 0] <= SAME * self.points.std(0).max()
        return np.where(itself, away[:, 1:].mean(1), away[:, :-1].mean(1))

    @cached_property
    def space(self) -> tuple[Space, Tensor]:
        """Where distances between examples are taken, and the training examples as points there, (m, D)."""
        space = Space.of(self.model.event, self.training[0])
        return space, space.rows(self.training[0])

    def surprise(self, name: str, kind: Kind, x: Tensor, y: Tensor | None) -> np.ndarray:
        """-log of the p-value of every example among the training examples by that kind of score, (n,)."""
        if name not in self.usual:
            self.usual[name] = kind(self, *self.training)[0].numpy()
        found = kind(self, x, y)[0].numpy()
        return np.where(np.isnan(found), np.nan, -np.log(p_values(found, self.usual[name])))

    def codes(self, x: Tensor, y: Tensor | None) -> np.ndarray:
        """The posterior's points, (n, axes), float64."""
        return encoded(self.model, x, y).reshape(len(x), -1).astype("float64")

    def sweep(self, f: Callable[[Tensor, Tensor | None], Part], x: Tensor, y: Tensor | None, rows: int) -> Part:
        """f over all examples, so many at a time."""
        with isolated("score"), torch.no_grad():
            scores, cells = zip(*(f(*part) for part in chunks(x, y, rows)), strict=True)
        return torch.cat(scores).double(), None if cells[0] is None else torch.cat(cells)

    @property
    def rows(self) -> int:
        """Examples per call of the decoder."""
        return max(1, CELLS // (self.draws * self.model.event.cells))

    def apart(self, f: Callable[[Distribution], tuple[Tensor, ...]], x: Tensor, y: Tensor | None) -> tuple[Tensor, ...]:
        """f(q(z | x)) of every example on its own, under the same draws; joined along the axis of examples, the
        second."""
        found = []
        for one, label in chunks(x, y, 1):
            reseed(self.seed, "score")
            found.append(f(self.model.encode(one, label)))
        return tuple(torch.cat(part, 1) for part in zip(*found, strict=True))
