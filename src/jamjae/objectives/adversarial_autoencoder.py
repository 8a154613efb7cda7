"""The objective of adversarial autoencoders."""

from typing import Any

from torch import nn

from ..core.catalogue import build
from ..core.errors import require
from ..critics.base import Critic
from ..games.base import Game
from ..games.non_saturating import NonSaturating
from ..penalties.base import Penalty
from .base import Batch, Contest, Terms
from .base.contest import Round, drawn
from .base.objective import Objective


class AAE(Contest):
    r"""An autoencoder whose codes a critic compares with draws from the prior.

        real = z ~ p(z),   made = the codes;   model: E[-log p(x | z)] + weight * what it costs to be found out

    Distortion in nats per example. A conditional model's critic knows the label: the codes of every label are to have
    the prior's distribution. With the game `density-ratio` and weight 1 the model's loss is the negative ELBO less the
    mutual information of x and z, as far as the critic is optimal.

    Reference:
        Makhzani et al. (2016), Adversarial autoencoders. https://arxiv.org/abs/1511.05644;
        Tolstikhin et al. (2018), Wasserstein auto-encoders. https://arxiv.org/abs/1711.01558

    Arguments:
        critic: Who tells draws from codes.
        game: What critic and encoder minimise.
        penalty: What keeps the critic from becoming too sure; None for nothing.
        critic_steps: Steps of the critic, each on a new batch, for one of the model, >= 1.
        weight: Of the adversarial term beside the distortion, >= 0.

    Example:
        >>> build(Objective, "aae", latent=(2,)).critic.inputs
        (2,)
    """

    judged = "latent"
    maker = "model"

    def __init__(
        self,
        critic: Critic,
        game: Game = NonSaturating(),
        penalty: Penalty | None = None,
        critic_steps: int = 1,
        weight: float = 10.0,
    ) -> None:
        super().__init__()
        require(weight >= 0, "`weight` must be at least 0", weight, "Pass weight=10.0.")
        self.prepare(critic, penalty, critic_steps)
        self.game, self.weight = game, weight

    def players(self, model: Any) -> dict[str, nn.Module]:
        own = nn.ModuleList([model.encoder, model.posterior, model.decoder, model.likelihood])
        return {"critic": self.critic, self.maker: own}

    def contest(self, model: Any, batch: Batch) -> Round:
        q = model.encode(batch.x, batch.y)
        z = q.rsample()

        def own() -> Terms:
            p = model.decode(z, batch.y)
            return Terms(distortion=-p.log_prob(batch.x), state=model.statistics(batch.x, q, p))

        return drawn(model, batch), z, own

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield build(Objective, cls.name(), latent=(2,))
        wide = {"name": "discriminator", "pack": 2, "noise": 0.5, "fade": "linear"}
        yield build(Objective, {"name": cls.name(), "critic": wide, "game": "density-ratio"}, latent=(2,))
