"""One step of one player, line by line: forward, backward, optimiser."""

import torch
from torch import Tensor, nn

from ..objectives.base import Batch, Terms
from .optimisers import make
from .settings import Settings
from .turn import Turn, frozen, others


class NonFinite(Exception):
    """The loss or a gradient is not finite; the step was not applied."""


class Names:
    """Which named terms each player logs, in the order of the vector that the steppers return."""

    def __init__(self) -> None:
        self.parts: dict[str, list[str]] = {}
        self.logged: dict[str, list[str]] = {}

    def vector(self, player: str, terms: Terms) -> Tensor:
        """The means of the player's terms, parts first, as one vector."""
        self.parts[player], self.logged[player] = list(terms.parts), list(terms.logged)
        return torch.stack([v.mean() for v in (*terms.parts.values(), *terms.logged.values())])


class Eager:
    """Plain PyTorch.

    Arguments:
        turn: Model and objective.
        players: Whose parameters move on whose turn.
        settings: Optimiser, clipping.
    """

    def __init__(self, turn: Turn, players: dict[str, nn.Module], settings: Settings) -> None:
        self.turn, self.players, self.settings, self.names = turn, players, settings, Names()
        self.optimisers = {name: make(settings, module) for name, module in players.items()}
        self.parameters = {name: list(module.parameters()) for name, module in players.items()}
        self.others = {name: others(module, turn) for name, module in players.items()}

    def move(self, player: str, batch: Batch, step: int, lr: float) -> tuple[Tensor, Tensor, dict[str, object]]:
        """Apply one step: the means of the terms, the norm of the gradient, the objective's state.

        Raises:
            NonFinite: Before anything is applied.
        """
        optimiser, parameters = self.optimisers[player], self.parameters[player]
        optimiser.zero_grad()
        with frozen(self.others[player]):
            terms: Terms = self.turn(player, batch, torch.tensor(step, device=batch.x.device))
            values = self.names.vector(player, terms)
            values[: len(terms.parts)].sum().backward()
        gradients = [p.grad for p in parameters if p.grad is not None]
        norm = torch.nn.utils.get_total_norm(gradients, foreach=True)
        if not torch.isfinite(norm + values.detach().sum()):
            raise NonFinite
        if self.settings.clip:
            torch.nn.utils.clip_grads_with_norm_(parameters, self.settings.clip, norm, foreach=True)
        for group in optimiser.param_groups:
            group["lr"] = lr
        optimiser.step()
        return values.detach(), norm, terms.state

    def state(self) -> dict[str, Tensor]:
        """Every optimiser slot as tensors, `player/parameter/slot`."""
        found: dict[str, Tensor] = {}
        for player, optimiser in self.optimisers.items():
            for index, slots in optimiser.state_dict()["state"].items():
                for slot, value in slots.items():
                    found[f"{player}/{index}/{slot}"] = torch.as_tensor(value)
        return found

    def restore(self, found: dict[str, Tensor]) -> None:
        """Put saved slots back."""
        for player, optimiser in self.optimisers.items():
            slots: dict[int, dict[str, Tensor]] = {}
            for key, value in found.items():
                owner, index, slot = key.split("/")
                if owner == player:
                    slots.setdefault(int(index), {})[slot] = value.clone()
            optimiser.load_state_dict({**optimiser.state_dict(), "state": slots})
