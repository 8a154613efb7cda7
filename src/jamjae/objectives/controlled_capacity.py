"""Reconstruction under a rate that is told how large to be."""

from typing import Any

from torch import Tensor

from ..core.divergence import draw_and_rate
from ..core.errors import require
from ..schedules.base import Schedule
from ..schedules.linear import Linear
from .base import Batch, Objective, Terms


class ControlledCapacity(Objective):
    r"""A rate that is held at a given number of nats, which grows while training goes on; in nats per example.

        loss = E_q[-log p(x | z)] + gamma * |KL - C(step)|,   C(step) = capacity * schedule(step)

    KL is the batch's mean of KL(q(z | x) || p(z)): examples may take more or less than C each, and their average is C.
    It is exact where a closed form exists and a one-sample estimate otherwise. Below C, information is rewarded.

    Reference:
        Burgess et al. (2018), Understanding disentangling in beta-VAE. https://arxiv.org/abs/1804.03599

    Arguments:
        capacity: C at the end, in nats, >= 0.
        gamma: Cost of a nat too much or too little, >= 0.
        schedule: Share of the capacity over the steps; let `linear` take most of the run.

    Example:
        >>> import torch
        >>> ControlledCapacity(capacity=10.0).capacity_at(torch.tensor(500)).item()
        5.0
    """

    separable = False

    def __init__(self, capacity: float = 25.0, gamma: float = 100.0, schedule: Schedule = Linear()) -> None:
        super().__init__()
        require(capacity >= 0, "`capacity` must be at least 0 (nats per example)", capacity, "Pass capacity=25.")
        require(gamma >= 0, "`gamma` must be at least 0", gamma, "Pass gamma=100.")
        self.capacity, self.gamma, self.schedule = capacity, gamma, schedule

    def capacity_at(self, step: Tensor) -> Tensor:
        """C, a 0-d tensor, in nats."""
        found: Tensor = self.capacity * self.schedule(step)
        return found

    def terms(self, player: str, model: Any, batch: Batch, step: Tensor) -> Terms:
        q = model.encode(batch.x, batch.y)
        z, kl = draw_and_rate(q, model.latent(batch.y))
        p, capacity = model.decode(z, batch.y), self.capacity_at(step)
        side = (kl.mean() - capacity).detach().sign()  # the mean of the shares is |mean KL - C|
        return Terms(
            distortion=-p.log_prob(batch.x),
            rate=self.gamma * side * (kl - capacity),
            log={"kl": kl.detach(), "capacity": capacity},
            state=model.statistics(batch.x, q, p),
        )

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(capacity=0.0, gamma=1.0)
