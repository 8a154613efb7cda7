"""Everything that a step changes: weights, running mean, best weights, optimiser slots, sums, counters."""

from dataclasses import asdict, dataclass, fields
from typing import Any

import torch
from torch import Tensor

from ..models.latent import LatentModel
from ..objectives.base import Objective
from .ema import EMA
from .ledger import Ledger
from .settings import Settings
from .stepper import Stepper
from .turn import Turn

Tensors = dict[str, Tensor]


@dataclass
class Counters:
    """Numbers of the training state.

    Arguments:
        step: Steps done.
        seconds: Time spent on them, over all processes.
        lr_scale: Factor on the learning rate; halved by every rollback.
        rollbacks: How many there were.
        every: Steps between checkpoints; 0 until it has been probed.
        best_loss: Lowest validation loss, where early stopping is on.
        waited: Epochs since then.
    """

    step: int = 0
    seconds: float = 0.0
    lr_scale: float = 1.0
    rollbacks: int = 0
    every: int = 0
    best_loss: float | None = None
    waited: float = 0.0


class State:
    """The training state of a model and an objective, and how it is saved.

    Arguments:
        model: Trained in place.
        objective: Its critics are trained in place.
        settings: Optimiser, running mean, precision, device.
    """

    def __init__(self, model: LatentModel, objective: Objective, settings: Settings) -> None:
        self.turn = Turn(model, objective, settings.precision).to(settings.device).train()
        self.players = objective.players(model)
        self.stepper = Stepper(self.turn, self.players, settings)
        self.ema = EMA(self.turn, settings.ema) if settings.ema else None
        self.ledger, self.best = Ledger(), Tensors()
        self.counters = Counters(every=settings.checkpoint_every)

    def weights(self) -> Tensors:
        """The weights to use now: the running mean or the live ones."""
        return self.ema.mean if self.ema else self.turn.state_dict()

    def remember(self) -> None:
        """Keep the present weights as the best."""
        self.best = {k: v.detach().clone() for k, v in self.weights().items()}

    def use(self, weights: Tensors) -> None:
        """Put weights into the model, for good."""
        self.turn.load_state_dict({k: v.clone() for k, v in weights.items()})
        self.turn.eval()

    def tensors(self) -> Tensors:
        """Every tensor, under `group/name`."""
        groups = {
            "weights": self.turn.state_dict(),
            "ema": self.ema.mean if self.ema else {},
            "best": self.best,
            "optimiser": self.stepper.state(),
            "sums": self.ledger.sums,
        }
        return {f"{group}/{k}": v for group, found in groups.items() for k, v in found.items()}

    def numbers(self) -> dict[str, Any]:
        """Everything else, as plain JSON."""
        return {**asdict(self.counters), "counts": self.ledger.counts, "names": self.stepper.names}

    @torch.no_grad()
    def restore(self, numbers: dict[str, Any], tensors: Tensors) -> None:
        """The inverse of `numbers` and `tensors`."""
        groups: dict[str, Tensors] = {g: {} for g in ("weights", "ema", "best", "optimiser", "sums")}
        device = next(self.turn.parameters()).device
        for key, value in tensors.items():
            group, _, name = key.partition("/")
            groups[group][name] = value.to(device)
        self.turn.load_state_dict(groups["weights"])
        self.stepper.restore(groups["optimiser"])
        if self.ema:
            for k, v in groups["ema"].items():
                self.ema.mean[k].copy_(v)
        self.best, self.ledger.sums, self.ledger.counts = groups["best"], groups["sums"], dict(numbers["counts"])
        self.stepper.names = {player: (parts, logged) for player, (parts, logged) in numbers["names"].items()}
        self.counters = Counters(**{f.name: numbers[f.name] for f in fields(Counters)})
