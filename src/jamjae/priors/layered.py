"""Two stochastic layers: the upper one shapes the lower one, which the decoder sees."""

from collections.abc import Callable
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.distributions import Distribution, Normal

from ..core.catalogue import build
from ..core.chain import Chain, gaussian, split
from ..core.product import Product
from ..core.shapes import Shape
from ..networks.base import Network
from .base import Prior


class Layered(Prior):
    r"""p(z) = N(z_2 | 0, I) N(z_1 | mu(z_2), diag sigma(z_2)^2) for z = (z_1, z_2), the lower layer z_1 first.

    It goes with the posterior `layered` and the decoder `partial`, which reads z_1 only.

    Reference:
        Burda, Grosse and Salakhutdinov (2016), Importance weighted autoencoders, section 5.
        https://arxiv.org/abs/1509.00519

    Arguments:
        network: From z_2 to mu and ln sigma^2 of z_1.
        latent: Shape of z: one axis, both layers together.
        first: Axes of z_1; None: two thirds.

    Example:
        >>> build(Prior, "layered", latent=(6,))().sample((5,)).shape
        torch.Size([5, 6])
    """

    parts: ClassVar[dict[str, Any]] = {"network": {"name": "mlp", "widths": (100, 100), "activation": "tanh"}}
    zero: Tensor

    def __init__(self, network: Network, latent: Shape = (2,), first: int | None = None) -> None:
        super().__init__()
        lower, upper = split(latent, first)
        self.network, self.latent, self.first, self.lower = network, latent, first, lower
        self.register_buffer("zero", torch.zeros(upper), persistent=False)

    @classmethod
    def inner(cls, known: dict[str, Any]) -> dict[str, Any]:
        lower, upper = split(known["latent"], known["first"])
        return {"inputs": (upper,), "outputs": (lower, 2), "context": 0}

    def forward(
        self, context: Tensor | None = None, posterior_of: Callable[[Tensor], Distribution] | None = None
    ) -> Chain:
        top = Product(Normal(self.zero, torch.ones_like(self.zero), validate_args=False), 1)
        return Chain(top, lambda upper: gaussian(self.network(upper)), self.lower, last=True)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield build(cls, cls.name(), latent=(2,))
        small = {"name": "mlp", "widths": (8,)}
        yield build(cls, {"name": cls.name(), "first": 2, "network": small}, latent=(5,))
