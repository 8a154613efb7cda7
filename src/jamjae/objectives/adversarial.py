"""The objective of generative adversarial networks."""

from typing import Any

from torch import nn

from ..core.catalogue import build
from ..core.errors import require
from ..core.event import Event
from ..critics.base import Critic
from ..games.base import Game
from ..games.non_saturating import NonSaturating
from ..penalties.base import Penalty
from .base import Batch, Contest, Terms
from .base.contest import Round, drawn
from .base.objective import Objective


class Adversarial(Contest):
    r"""A critic compares examples with what the generator makes of draws from the prior; no likelihood is involved.

        real = x,   made = g(z), z ~ p(z)

    Two players, "critic" and "generator", with the losses of the game; see the games for their equilibria. The
    likelihood must draw with a gradient, as `point` does.

    Reference:
        Goodfellow et al. (2014), Generative adversarial networks. https://arxiv.org/abs/1406.2661

    Arguments:
        critic: Who tells real from made.
        game: What the two minimise.
        penalty: What keeps the critic from becoming too sure; None for nothing.
        critic_steps: Steps of the critic, each on a new batch, for one of the generator, >= 1.

    Example:
        >>> objective = build(Objective, {"name": "adversarial", "penalty": "r1"}, event=Event((3,)))
        >>> objective.critic.inputs, sorted(objective.equilibrium())
        ((3,), ['critic.fake', 'critic.loss', 'critic.real', 'generator.fooling'])
    """

    def __init__(
        self, critic: Critic, game: Game = NonSaturating(), penalty: Penalty | None = None, critic_steps: int = 1
    ) -> None:
        super().__init__()
        self.prepare(critic, penalty, critic_steps)
        self.game = game

    def initialise(self, x: Any) -> None:
        self.critic.initialise(x)

    def players(self, model: Any) -> dict[str, nn.Module]:
        maker = nn.ModuleList([model.prior, model.decoder, model.likelihood])
        return {"critic": self.critic, self.maker: maker}

    def contest(self, model: Any, batch: Batch) -> Round:
        p = model.decode(drawn(model, batch), batch.y)
        name = model.likelihood.name()
        require(p.has_rsample, "the likelihood must draw with a gradient", name, "Use --likelihood point.")
        require(not model.event.missing, "a critic needs whole examples", "missing cells", "Fill them in first.")
        return batch.x, p.rsample(), Terms

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        packed = {"name": "discriminator", "pack": 2, "deviation": True}
        steady = {"name": "discriminator", "spectral_norm": True, "noise": 0.1}
        for options in (
            {},
            {"critic": packed, "game": "hinge", "penalty": "r1"},
            {"critic": steady, "game": "least-squares", "penalty": "clip"},
            {"game": "wasserstein", "penalty": "gradient-penalty", "critic_steps": 5},
        ):
            yield build(Objective, {"name": cls.name(), **options}, event=Event((4,)))
