"""A look at samples while a game is played: with a row of the log, a few of them, measured in a moment."""

from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.func import functional_call

from ..core.seeds import generator, reseed
from ..data.dataset import Dataset
from ..data.modes import FEWEST
from ..data.spread import Space, apart
from ..models.latent import LatentModel
from .health import Course, Row, begun

SAMPLES, EVERY = 500, 100  # a look at so many samples, and after so many steps: about 1 % of what the steps cost
CELLS, CHUNK = 10_000_000, 100  # of large examples fewer are looked at, and all of them a few at a time


class Sampler(nn.Module):
    """What `functional_call` calls to draw samples with other weights than the model's own."""

    def __init__(self, model: LatentModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, n: int, noise: bool) -> Tensor:
        return self.model.sample(n, noise=noise)


class Watch:
    """Measures samples, and tells which troubles begin.

    Every draw has the key (seed, "watch", step), so training draws what it would draw without being watched, and a
    resumed run measures what an uninterrupted one does.

    Arguments:
        model: Whose samples.
        dataset: What they should look like.
        maker: The player whose work the critic judges.
        seed: Of the draws.
        averaged: Whether the running mean of the weights is measured.
    """

    def __init__(self, model: LatentModel, dataset: Dataset, maker: str, seed: int, averaged: bool) -> None:
        self.sampler, self.seed, self.noise, self.modes = Sampler(model), seed, not dataset.shades, dataset.modes
        self.count = min(SAMPLES, max(CHUNK, CELLS // dataset.event.cells))
        x = dataset.shown(dataset.rows("train")[: self.count], generator(seed, "watch"))
        self.space = Space.of(dataset.event, x)
        self.usual = apart(self.space.rows(x)).mean().item()
        self.course = Course((), maker, 0 if self.modes is None else len(self.modes), averaged)

    def begin(self, rows: list[Row]) -> None:
        """Start over from the rows of the log."""
        measured = tuple(row for row in rows if row["event"] == "row")
        self.course = replace(self.course, rows=measured)

    def due(self, step: int) -> bool:
        """Whether the row of a step is far enough from the last one in which samples were looked at."""
        return step - max((row["step"] for row in self.course.rows if "samples" in row), default=-EVERY) >= EVERY

    @torch.no_grad()
    def measure(self, step: int, weights: dict[str, Tensor]) -> dict[str, float]:
        """How varied samples are beside the data; of known modes, how many are hit and how many have samples near."""
        reseed(self.seed, "watch", step)
        own = {name: v for name, v in weights.items() if name.startswith("model.")}
        self.sampler.eval()
        parts = [functional_call(self.sampler, own, (CHUNK, self.noise)).cpu() for _ in range(self.count // CHUNK)]
        self.sampler.train()
        x = torch.cat(parts)
        found = {"diversity": self.beside_the_data(apart(self.space.rows(x)).mean().item())}
        if self.modes is not None:
            found["modes"] = float((self.modes.counts(x) >= FEWEST * len(x)).sum())
            found["modes_near"] = float((self.modes.served(x) >= FEWEST * len(x)).sum())
        return found

    def beside_the_data(self, distance: float) -> float:
        """A mean distance in units of the data's; examples that are all alike ask for no variety."""
        return distance / self.usual if self.usual > 0 else 1.0

    def troubles(self, row: Row) -> dict[str, str]:
        """Take in a row; the troubles that begin with it, by name."""
        self.course = replace(self.course, rows=(*self.course.rows, row))
        return begun(self.course)
