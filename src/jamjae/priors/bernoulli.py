"""Bernoulli: independent bits, for codes that are bits."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.distributions import Bernoulli as Base
from torch.distributions import Distribution, constraints

from ..core.product import Product
from ..core.shapes import Shape
from .base import Prior

SURE = 1e-3  # fitted probabilities stay so far from 0 and 1: a bit never seen so far is not impossible


class Bernoulli(Prior):
    r"""p(z) = prod_j pi_j^z_j (1 - pi_j)^(1 - z_j) for bits z; it goes with the posterior `bernoulli`.

    Reference:
        Neal (1992), Connectionist learning of belief networks. https://doi.org/10.1016/0004-3702(92)90065-6

    Arguments:
        latent: Shape of z.
        learned: Whether the probabilities pi are learned; otherwise they are 1/2.

    Example:
        >>> round(Bernoulli((3,))().log_prob(torch.ones(3)).item(), 4)  # 3 ln 1/2
        -2.0794
    """

    support = constraints.boolean
    direct = True
    logits: Tensor

    def __init__(self, latent: Shape = (2,), learned: bool = False) -> None:
        super().__init__()
        self.latent, self.learned = latent, learned
        if learned:
            self.register_parameter("logits", nn.Parameter(torch.zeros(latent)))
        else:
            self.register_buffer("logits", torch.zeros(latent), persistent=False)

    def forward(
        self, context: Tensor | None = None, posterior_of: Callable[[Tensor], Distribution] | None = None
    ) -> Product:
        return Product(Base(logits=self.logits, validate_args=False), len(self.latent))

    @torch.no_grad()
    def fit_to(self, codes: Tensor) -> None:
        """The share of ones of every bit, if the probabilities are learned."""
        if self.learned:
            self.logits.copy_(codes.mean(0).clamp(SURE, 1 - SURE).logit())

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls((1,), learned=True)
        yield cls((2, 3), learned=True)
