"""A running mean of the weights."""

import torch
from torch import nn


class EMA:
    r"""theta_ema <- decay * theta_ema + (1 - decay) * theta after every step; buffers and integers are copied.

    Reference:
        Polyak and Juditsky (1992), Acceleration of stochastic approximation by averaging.
        https://doi.org/10.1137/0330046
    """

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.decay, self.live = decay, module.state_dict()
        self.mean = {k: v.detach().clone() for k, v in self.live.items()}
        learned = {k for k, _ in module.named_parameters()}
        self._learned = [k for k in self.mean if k in learned]
        self._copied = [k for k in self.mean if k not in learned]

    def update(self) -> None:
        """After every step."""
        torch._foreach_lerp_(
            [self.mean[k] for k in self._learned], [self.live[k] for k in self._learned], 1 - self.decay
        )
        for k in self._copied:
            self.mean[k].copy_(self.live[k])
