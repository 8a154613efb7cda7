"""One step of one player, line by line: forward, backward, optimiser."""

from types import FunctionType, MethodType
from typing import Any

import torch
from torch import Tensor, nn

from ..objectives.base import Batch
from .optimisers import make
from .settings import Settings
from .turn import Turn, frozen, others

State = dict[str, dict[str, Tensor]]
DRAWS = {"fallback_random": True}  # a compiled step draws what a plain one draws


class NonFiniteError(Exception):
    """The loss or a gradient is not finite; the step was not applied."""


def compiled(method: Any) -> Any:
    """The method as one graph each way. Its code is a copy: torch counts the graphs of a code object, and refuses the
    ninth, whichever fit of the process the others belong to."""
    f = method.__func__
    own = FunctionType(f.__code__.replace(), f.__globals__, f.__name__)
    return torch.compile(MethodType(own, method.__self__), fullgraph=True, options=DRAWS)


class Stepper:
    """Moves one player at a time.

    With `settings.compile` the forward and the backward pass are one graph each (`fullgraph`: a silent fall-back to
    plain PyTorch would look like success); the optimiser is torch's own fused kernel either way, so its state is saved
    the same.

    Arguments:
        turn: Model and objective.
        players: Whose parameters move on whose turn.
        settings: Optimiser, clipping, compilation.
    """

    def __init__(self, turn: Turn, players: dict[str, nn.Module], settings: Settings) -> None:
        self.turn, self.players, self.settings = turn, players, settings
        self.optimisers = {name: make(settings, module) for name, module in players.items()}
        self.parameters = {name: list(module.parameters()) for name, module in players.items()}
        self.others = {name: others(module, turn) for name, module in players.items()}
        self.names: dict[str, tuple[list[str], list[str]]] = {}
        self._measure = compiled(self.measure) if settings.compile else self.measure

    def measure(self, player: str, batch: Batch, step: Tensor) -> tuple[Tensor, Tensor, State]:
        """The loss, the means of all named terms (parts first) and the state of one forward pass."""
        terms = self.turn(player, batch, step)
        parts = torch.stack([v.mean() for v in terms.parts.values()])
        logged = [v.mean() for v in terms.logged.values()]
        return parts.sum(), torch.cat([parts, torch.stack(logged)]) if logged else parts, terms.state

    def learn_names(self, player: str, batch: Batch, step: Tensor) -> None:
        """Which terms the player has, from one forward pass on the side."""
        with torch.no_grad(), torch.random.fork_rng():
            terms = self.turn(player, batch, step)
        self.names[player] = (list(terms.parts), list(terms.logged))

    def move(self, player: str, batch: Batch, step: int, lr: float) -> tuple[Tensor, Tensor, State]:
        """Apply one step: the means of the terms, the norm of the gradient, the objective's state.

        Raises:
            NonFiniteError: Before anything is applied.
        """
        now = torch.tensor(step, device=batch.x.device)
        if player not in self.names:
            self.learn_names(player, batch, now)
        optimiser, parameters = self.optimisers[player], self.parameters[player]
        optimiser.zero_grad()
        with frozen(self.others[player]):
            loss, values, state = self._measure(player, batch, now)
            loss.backward()
        norm = torch.nn.utils.get_total_norm([p.grad for p in parameters if p.grad is not None], foreach=True)
        if not torch.isfinite(norm + loss.detach()):
            raise NonFiniteError
        if self.settings.clip:
            torch.nn.utils.clip_grads_with_norm_(parameters, self.settings.clip, norm, foreach=True)
        for group in optimiser.param_groups:
            group["lr"] = lr
        optimiser.step()
        return values.detach(), norm, state

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
