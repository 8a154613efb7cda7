r"""Bits as codes: exact, or relaxed so that a gradient passes through a draw.

    z = sigmoid((a + ln u - ln(1 - u)) / temperature),   u uniform,   a = logit of p(z = 1)

As the temperature falls to 0, z becomes a bit that is 1 with probability sigmoid(a).
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.distributions import Bernoulli

from .divergence import bernoulli_kl, register_kl


class Bits(Bernoulli):
    """Bernoulli variables whose draws may be relaxed: numbers in (0, 1) that have a gradient.

    Density, mean and KL are those of the bits, whatever the temperature.

    Arguments:
        logits: a, one per bit.
        temperature: >= 0; at 0 the draws are bits (and their gradient is 0).

    Reference:
        Maddison, Mnih and Teh (2017), The concrete distribution. https://arxiv.org/abs/1611.00712

    Example:
        >>> Bits(torch.tensor([-50.0, 50.0]), temperature=0.5).rsample().tolist()
        [0.0, 1.0]
    """

    has_rsample = True

    def __init__(self, logits: Tensor, temperature: float = 0.0) -> None:
        self.temperature = temperature
        super().__init__(logits=logits, validate_args=False)

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> "Bits":
        return Bits(self.logits.expand(torch.Size(batch_shape)), self.temperature)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        shape = self._extended_shape(torch.Size(sample_shape))
        u = torch.rand(shape, dtype=self.logits.dtype, device=self.logits.device)
        noisy = self.logits + u.log() - torch.log1p(-u)
        return torch.sigmoid(noisy / self.temperature) if self.temperature else (noisy > 0).to(noisy)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        with torch.no_grad():
            return self.rsample(sample_shape)


register_kl(Bits, Bernoulli)(bernoulli_kl)
