"""The evidence lower bound."""

from typing import Any

import torch
from torch import Tensor
from torch.distributions import Distribution

from ..core.divergence import cells, draw_and_rate
from ..core.errors import require
from ..schedules.base import Schedule
from ..schedules.constant import Constant
from .base import Batch, Objective, Terms


class ELBO(Objective):
    r"""The negative ELBO with a weighted rate, in nats per example.

        loss = distortion * E_q[-log p(x | z)] + beta * schedule(step) * KL(q(z | x) || p(z))

    With beta = 0 only the reconstruction counts, with distortion = 0 only the KL. The KL is exact where a closed
    form exists and a one-sample estimate otherwise. With `free_bits`, an axis whose mean KL over the batch is below
    it costs that constant, so nothing is gained by switching it off; where the KL does not split into axes, all of
    them form one group with the same allowance each.

    Reference:
        Kingma and Welling (2014), Auto-encoding variational Bayes. https://arxiv.org/abs/1312.6114;
        Higgins et al. (2017), beta-VAE. https://openreview.net/forum?id=Sy2fzU9gl;
        Kingma et al. (2016), Improved variational inference with inverse autoregressive flow. https://arxiv.org/abs/1606.04934

    Arguments:
        beta: Weight of the rate, >= 0; at 0 the rate is not computed at all.
        schedule: Factor on beta over the steps (warm-up).
        free_bits: Allowance per latent axis, in nats, >= 0.
        distortion: Weight of the reconstruction, >= 0; at 0 the decoder learns nothing.

    Example:
        >>> ELBO(beta=4.0).spec()
        {'name': 'elbo', 'beta': 4.0, 'schedule': {'name': 'constant'}, 'free_bits': 0.0, 'distortion': 1.0}
    """

    def __init__(
        self, beta: float = 1.0, schedule: Schedule = Constant(), free_bits: float = 0.0, distortion: float = 1.0
    ) -> None:
        super().__init__()
        require(beta >= 0, "`beta` must be at least 0", beta, "Pass beta=1.0 for the ELBO.")
        require(free_bits >= 0, "`free_bits` must be at least 0 (nats per axis)", free_bits, "Pass free_bits=0.1.")
        require(distortion >= 0, "`distortion` must be at least 0", distortion, "Pass distortion=1.0 for the ELBO.")
        require(beta + distortion > 0, "`beta` and `distortion` must not both be 0", 0, "Leave one of them out.")
        self.beta, self.schedule, self.free_bits, self.distortion = beta, schedule, free_bits, distortion
        self.bound = "lower" if beta >= 1 and distortion == 1 else None  # otherwise the value may exceed log p(x)
        self.separable = free_bits == 0  # the allowance is compared with the batch's mean

    def terms(self, player: str, model: Any, batch: Batch, step: Tensor) -> Terms:
        q = model.encode(batch.x, batch.y)
        if self.beta == 0:
            p = model.decode(q.rsample(), batch.y)
            return Terms(distortion=-self.distortion * p.log_prob(batch.x), state=model.statistics(batch.x, q, p))
        prior = model.latent(batch.y)
        z, kl = draw_and_rate(q, prior)
        p = model.decode(z, batch.y)
        charged = self.charge(q, prior, kl) if self.free_bits else kl
        return Terms(
            distortion=-self.distortion * p.log_prob(batch.x),
            rate=self.beta * self.schedule(step) * charged,
            log={"kl": kl.detach()},
            state=model.statistics(batch.x, q, p),
        )

    def charge(self, q: Distribution, prior: Distribution, kl: Tensor) -> Tensor:
        """The rate that is charged under free bits, (B,)."""
        per_axis = cells(q, prior)
        if per_axis is None:
            allowance = self.free_bits * q.event_shape.numel()
            return torch.where(kl.mean() > allowance, kl, allowance)
        per_axis = per_axis.flatten(1)
        return torch.where(per_axis.mean(0) > self.free_bits, per_axis, self.free_bits).sum(1)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(beta=4.0, free_bits=0.1)
        yield cls(beta=0.0)
