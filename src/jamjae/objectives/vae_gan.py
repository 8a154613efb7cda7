"""The objective of VAE-GAN: a VAE that measures distance by the features of a critic."""

from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from ..core.catalogue import build
from ..core.divergence import draw_and_rate
from ..core.errors import require
from ..core.event import Event
from ..critics.base import Critic
from ..games.base import Game
from ..games.non_saturating import NonSaturating
from ..penalties.base import Penalty
from .base import Batch, Contest, Terms
from .base.contest import Round, drawn
from .base.objective import Objective


class VaeGan(Contest):
    r"""Three players with three losses; phi are the critic's features, x' a reconstruction, x'' a sample.

        encoder:  KL(q(z | x) || p(z)) + |phi(x) - phi(x')|^2 / 2
        decoder:  |phi(x) - phi(x')|^2 / 2 + weight * what it costs to be found out, with x' and with x''
        critic:   the game, real = x, made = x' and x''

    KL in nats; the distance would be nats under a unit Gaussian in the space of features. As published, except that x'
    and x'' together weigh as much as x (published: twice as much), so that the game has its usual equilibrium, and that
    `weight` = 1 / gamma stands at the other term. The distance in pixels takes no part.

    Reference:
        Larsen et al. (2016), Autoencoding beyond pixels using a learned similarity metric.
        https://arxiv.org/abs/1512.09300

    Arguments:
        critic: Who tells real from made; one with features.
        game: What critic and decoder minimise.
        penalty: What keeps the critic from becoming too sure; None for nothing, as published.
        critic_steps: Steps of the critic, each on a new batch, for one of the others, >= 1.
        weight: Of the adversarial term beside the distance, >= 0.

    Example:
        >>> build(Objective, "vae-gan", event=Event((8, 8, 1), "image")).critic.features(torch.zeros(5, 8, 8, 1)).shape
        torch.Size([5, 128])
    """

    parts: ClassVar[dict[str, Any]] = {"critic": {"name": "similarity"}}
    maker = "decoder"

    def __init__(
        self,
        critic: Critic,
        game: Game = NonSaturating(),
        penalty: Penalty | None = None,
        critic_steps: int = 1,
        weight: float = 1.0,
    ) -> None:
        super().__init__()
        require(weight >= 0, "`weight` must be at least 0", weight, "Pass weight=1.0.")
        self.prepare(critic, penalty, critic_steps)
        self.game, self.weight = game, weight

    def initialise(self, x: Tensor) -> None:
        self.critic.initialise(x)

    def players(self, model: Any) -> dict[str, nn.Module]:
        encoder = nn.ModuleList([model.encoder, model.posterior, model.prior])
        return {"critic": self.critic, "encoder": encoder, self.maker: nn.ModuleList([model.decoder, model.likelihood])}

    def terms(self, player: str, model: Any, batch: Batch, step: Tensor) -> Terms:
        if player != "encoder":
            return super().terms(player, model, batch, step)
        z, kl = draw_and_rate(model.encode(batch.x, batch.y), model.latent(batch.y))
        distance = self.distance(model, batch, model.decode(z, batch.y).mean)
        return Terms(rate=kl, distance=distance, log={"kl": kl.detach()})

    def contest(self, model: Any, batch: Batch) -> Round:
        z = torch.stack([model.encode(batch.x, batch.y).rsample(), drawn(model, batch)])
        made = model.decode(z, batch.y).mean
        return batch.x, made, lambda: Terms(distance=self.distance(model, batch, made[0]))

    def distance(self, model: Any, batch: Batch, restored: Tensor) -> Tensor:
        """Half the squared distance of examples and reconstructions in the critic's features, (B,)."""
        context = self.context(model, batch)
        apart = self.critic.features(batch.x, context) - self.critic.features(restored, context)
        return apart.square().sum(-1) / 2

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        for options in ({}, {"penalty": "r1", "game": "hinge", "weight": 0.1}):
            yield build(Objective, {"name": cls.name(), **options}, event=Event((4,)))
