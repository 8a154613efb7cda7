"""The objective of FactorVAE: a VAE whose total correlation a critic estimates."""

from typing import Any

import torch
from torch import Tensor, nn

from ..core.catalogue import build
from ..core.divergence import draw_and_rate
from ..core.errors import require
from ..critics.base import Critic
from ..games.base import Game
from ..games.density_ratio import DensityRatio
from ..penalties.base import Penalty
from .base import Batch, Contest, Terms
from .base.contest import Round
from .base.objective import Objective


class Factor(Contest):
    r"""The negative ELBO and, weighted, the total correlation of the codes, in nats per example.

        E[-log p(x | z)] + KL(q(z | x) || p(z)) + weight * TC,   TC = KL(q(z) || prod_j q(z_j))

    The critic learns the ratio of the two densities: codes of one half of the batch against codes of the other half
    whose axes are permuted over the examples, each by itself. TC, the mean of its logit, is 0 for independent axes.

    Reference:
        Kim and Mnih (2018), Disentangling by factorising. https://arxiv.org/abs/1802.05983

    Arguments:
        critic: Who tells permuted codes from codes.
        penalty: What keeps the critic from becoming too sure; None for nothing, as published.
        critic_steps: Steps of the critic, each on a new batch, for one of the model, >= 1.
        weight: gamma of the total correlation, >= 0.

    Example:
        >>> build(Objective, "factor", latent=(5,)).equilibrium()["total_correlation"]
        0.0
    """

    judged = "latent"
    maker = "model"
    fooling = "total_correlation"
    game: Game = DensityRatio()

    def __init__(
        self, critic: Critic, penalty: Penalty | None = None, critic_steps: int = 1, weight: float = 6.0
    ) -> None:
        super().__init__()
        require(weight >= 0, "`weight` must be at least 0", weight, "Pass weight=6.0.")
        self.prepare(critic, penalty, critic_steps)
        self.weight = weight

    @classmethod
    def inner(cls, known: dict[str, Any]) -> dict[str, Any]:
        return {**super().inner(known), "context": 0}

    @property
    def group(self) -> int:
        return 2 * self.critic.group

    def players(self, model: Any) -> dict[str, nn.Module]:
        return {"critic": self.critic, self.maker: model}

    def context(self, model: Any, batch: Batch) -> None:
        return None  # permuted codes belong to no label

    def contest(self, model: Any, batch: Batch) -> Round:
        q, prior = model.encode(batch.x, batch.y), model.latent(batch.y)
        z, kl = draw_and_rate(q, prior)
        half = len(z) // 2
        require(len(z) % 2 == 0, "the batch must have two halves", len(z), f"Pass batch_size={2 * max(half, 1)}.")

        def own() -> Terms:
            p = model.decode(z, batch.y)
            state = model.statistics(batch.x, q, p)
            return Terms(distortion=-p.log_prob(batch.x), rate=kl, log={"kl": kl.detach()}, state=state)

        return permuted(z[half:]), z[:half], own

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield build(Objective, cls.name(), latent=(2,))
        packed = {"name": "discriminator", "pack": 2}
        yield build(Objective, {"name": cls.name(), "critic": packed, "penalty": "r1", "weight": 0.5}, latent=(2,))


def permuted(z: Tensor) -> Tensor:
    """Codes (n, *L) with every axis permuted over the examples by itself: draws from the product of the marginals."""
    columns = z.flatten(1)
    order = torch.rand(columns.shape, device=z.device).argsort(0)
    return columns.gather(0, order).reshape(z.shape)
