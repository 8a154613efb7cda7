"""The standard Gaussian prior."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.distributions import Distribution, Normal

from ..core.product import Product
from ..core.shapes import Shape
from .base import Prior


class Gaussian(Prior):
    r"""p(z) = N(z | 0, I).

    Reference:
        Kingma and Welling (2014), Auto-encoding variational Bayes. https://arxiv.org/abs/1312.6114

    Arguments:
        latent: Shape of z.

    Example:
        >>> Gaussian((2,))().log_prob(torch.zeros(2)).item()  # -ln 2 pi
        -1.8378770351409912
    """

    zero: Tensor

    def __init__(self, latent: Shape = (2,)) -> None:
        super().__init__()
        self.latent = latent
        self.register_buffer("zero", torch.zeros(latent), persistent=False)

    def forward(
        self, context: Tensor | None = None, posterior_of: Callable[[Tensor], Distribution] | None = None
    ) -> Product:
        return Product(Normal(self.zero, torch.ones_like(self.zero), validate_args=False), len(self.latent))

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls((1,))
        yield cls((2, 3))
