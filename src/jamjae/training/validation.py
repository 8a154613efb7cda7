"""The validation split under the objective that is trained, at the final value of every schedule."""

import torch
from torch import Tensor
from torch.func import functional_call

from ..core.seeds import reseed
from ..data.dataset import Dataset
from ..objectives.base import Batch, Terms
from .ledger import prefixed
from .turn import Turn

END = 2**40  # a step beyond every schedule
CHUNK = 1000


class Validation:
    """Fixed examples, fixed draws: two validations of equal weights are equal.

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
        for start in range(0, len(self.x), CHUNK):
            terms = self._chunk(turn, player, start, weights)
            parts = list(terms.parts)
            for name, values in {**terms.parts, **terms.logged}.items():
                sums[name] = sums.get(name, 0.0) + values.double().sum().item()
        means = {k: v / len(self.x) for k, v in sums.items()}
        return {"loss": sum(means[k] for k in parts), **means}

    def _chunk(self, turn: Turn, player: str, start: int, weights: dict[str, Tensor] | None) -> Terms:
        x = self.x[start : start + CHUNK]
        y = None if self.y is None else self.y[start : start + CHUNK]
        reseed(self.seed, "validation", player, start)
        arguments = (player, Batch(x, x, y, len(self.x)), torch.tensor(END, device=x.device))
        found: Terms = turn(*arguments) if weights is None else functional_call(turn, weights, arguments)
        return found
