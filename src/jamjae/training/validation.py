"""The validation split under the objective that is trained, at the final value of every schedule."""

from math import ceil

import torch
from torch import Tensor
from torch.func import functional_call

from ..core.seeds import reseed
from ..data.dataset import Dataset
from ..objectives.base import Batch, Objective, Terms
from .ledger import prefixed
from .turn import Turn

END = 2**40  # a step beyond every schedule
CHUNK = 1000


class Validation:
    """Fixed examples, fixed draws: two validations of equal weights are equal.

    Where the objective judges groups of examples, those that do not fill one are left out, and so is a single example
    where examples are compared with each other.

    Arguments:
        dataset: Resident on the training device.
        seed: Of the binarisation and the draws.
    """

    def __init__(self, dataset: Dataset, seed: int) -> None:
        self.seed = seed
        self.x, self.y = dataset.examples("validation", seed=seed)

    def __len__(self) -> int:
        return len(self.x)

    @torch.no_grad()
    def measure(self, turn: Turn, players: list[str], weights: dict[str, Tensor] | None) -> dict[str, float]:
        """Means of every named term (and `loss`, and `elbo` where the terms give it), in nats per example."""
        turn.eval()
        found: dict[str, float] = {}
        for player in players:
            found |= prefixed(player, self._player(turn, player, weights))
        turn.train()
        if "distortion" in found and "kl" in found:
            found["elbo"] = -(found["distortion"] + found["kl"])
        return found

    def _player(self, turn: Turn, player: str, weights: dict[str, Tensor] | None) -> dict[str, float]:
        sums: dict[str, float] = {}
        parts: list[str] = []
        edges = self._edges(turn.objective)
        for rows in map(slice, edges, edges[1:]):
            terms = self._chunk(turn, player, rows, weights)
            parts = list(terms.parts)
            for name, values in {**terms.parts, **terms.logged}.items():  # a value may belong to a group, or to all
                sums[name] = sums.get(name, 0.0) + values.double().mean().item() * (rows.stop - rows.start)
        means = {k: v / edges[-1] for k, v in sums.items()}
        return {"loss": sum(means[k] for k in parts), **means} if means else {}

    def _edges(self, objective: Objective) -> list[int]:
        """Where chunks of about equal size begin and end: a small rest would be judged by few others, or by none."""
        groups = len(self.x) // objective.group
        if not objective.separable and len(self.x) == 1:
            return [0]
        count = ceil(groups * objective.group / CHUNK)
        return [groups * i // max(count, 1) * objective.group for i in range(count + 1)]

    def _chunk(self, turn: Turn, player: str, rows: slice, weights: dict[str, Tensor] | None) -> Terms:
        x = self.x[rows]
        y = None if self.y is None else self.y[rows]
        reseed(self.seed, "validation", player, rows.start)
        arguments = (player, Batch(x, y, len(self.x)), torch.tensor(END, device=x.device))
        found: Terms = turn(*arguments) if weights is None else functional_call(turn, weights, arguments)
        return found
