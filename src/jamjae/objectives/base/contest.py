"""The shared half of the adversarial objectives: a critic, a game, a penalty, and two or more players."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor

from ...core.errors import require
from ...core.event import Event
from ...critics.base import Critic
from ...games.base import Game
from ...penalties.base import Penalty
from .objective import Batch, Objective, Terms

Round = tuple[Tensor, Tensor, Callable[[], Terms]]  # real, made, and what the maker pays besides


class Contest(Objective):
    r"""Base of the adversarial objectives: the critic tells real from made, and the maker wants to be taken for real.

        critic:  E[game.critic(real)] + E[game.critic(made)] + penalty
        maker:   own terms + weight * E[game.generator(made)]

    A subclass says who the players are and overrides one method, `contest`. Nobody's turn changes anybody else: on the
    critic's turn what is judged is cut off from the model, on the maker's turn the training loop freezes the critic.

    Class attributes: `judged`, which size of the model is the shape of what the critic sees; `maker`, the player who
    wants to fool it; `fooling`, the name of the part that this costs; `weight`, its weight.
    """

    parts: ClassVar[dict[str, Any]] = {"critic": {"name": "discriminator"}}
    separable = False
    judged: Literal["event", "latent"] = "event"
    maker: str = "generator"
    fooling: str = "fooling"
    weight: float = 1.0
    game: Game

    def prepare(self, critic: Critic, penalty: Penalty | None, critic_steps: int) -> None:
        """Check and store the arguments that all have; every constructor calls it."""
        require(critic_steps >= 1, "`critic_steps` must be at least 1", critic_steps, "Pass critic_steps=5.")
        self.critic, self.penalty, self.critic_steps = critic, penalty, critic_steps

    @classmethod
    def inner(cls, known: dict[str, Any]) -> dict[str, Any]:
        sizes = super().inner(known)
        shape = sizes.get(cls.judged)
        return sizes if shape is None else {**sizes, "inputs": shape.shape if isinstance(shape, Event) else shape}

    @property
    def group(self) -> int:
        return self.critic.group

    def turns(self, step: int) -> tuple[str, ...] | None:
        return None if step % self.critic_steps == 0 else ("critic",)

    @abstractmethod
    def contest(self, model: Any, batch: Batch) -> Round:
        """Real (B, *shape) and made (*s, B, *shape), and the maker's own terms, worked out only when it is its turn."""

    def context(self, model: Any, batch: Batch) -> Tensor | None:
        """What the critic is told about the examples, (B, C)."""
        found: Tensor | None = model.context(batch.y)
        return found

    def terms(self, player: str, model: Any, batch: Batch, step: Tensor) -> Terms:
        real, fake, own = self.contest(model, batch)
        context = self.context(model, batch)
        if player == "critic":
            return self.judge(real.detach(), fake.detach(), context, step)
        mine = own()
        fooling = averaged(self.game.generator(self.critic(fake, context, step)))
        return Terms(log=mine.logged, state=mine.state, **mine.parts, **{self.fooling: self.weight * fooling})

    def judge(self, real: Tensor, fake: Tensor, context: Tensor | None, step: Tensor) -> Terms:
        """The critic's terms; one pass scores real and made examples."""
        together = torch.cat([real[None], fake.reshape(-1, *real.shape)])
        packs, context = self.critic.show(together, step), self.critic.packed(context, 1)
        scores = self.critic.score(packs, context)
        of_real, of_fake = self.game.critic(scores[0], scores[1:])
        right = self.game.accuracy(scores[0].detach(), scores[1:].detach())
        terms = Terms(log={name: averaged(v) for name, v in right.items()}, real=of_real, fake=averaged(of_fake))
        cost = None if self.penalty is None else self.penalty(lambda x: self.critic.score(x, context), *packs[:2])
        terms.parts |= {} if cost is None else {"penalty": cost}
        return terms

    def after(self, player: str, model: Any, state: dict[str, Any]) -> None:
        super().after(player, model, state)
        if player == "critic":
            if self.penalty is not None:
                self.penalty.after(self.critic)
            self.critic.after()

    def equilibrium(self) -> dict[str, float]:
        """What terms are worth, by their names in the log, when what is made is distributed like what is real and the
        critic is optimal; of scores without an origin the loss alone; nothing where the penalty moves the optimum.
        """
        found = self.game.equilibrium()
        loss = {"critic.loss": found["real"] + found["fake"]}
        if self.game.boundary is None:
            return loss
        if self.penalty is not None and not self.penalty.flat:
            return {}
        fooling = self.fooling if self.maker == "model" else f"{self.maker}.{self.fooling}"
        return loss | {f"critic.{k}": found[k] for k in ("real", "fake")} | {fooling: self.weight * found["fooling"]}


def averaged(v: Tensor) -> Tensor:
    """The mean over the sample axes of v (*s, n): (n,)."""
    return v.reshape(-1, v.shape[-1]).mean(0)


def drawn(model: Any, batch: Batch) -> Tensor:
    """A code per example from the prior, (B, *L), with a gradient where the prior has one."""
    p = model.latent(batch.y)
    shape = (len(batch.x),) if p.batch_shape == () else ()
    z: Tensor = p.rsample(shape) if p.has_rsample else p.sample(shape)
    return z
