"""Two stochastic layers: the lower one from the example, the upper one from the lower one."""

from typing import Any, ClassVar, cast

from torch import Tensor
from torch.distributions import Distribution

from ..core.catalogue import build
from ..core.chain import Chain, gaussian, split
from ..core.shapes import Shape
from ..networks.base import Network
from .base import Posterior


class Layered(Posterior):
    r"""q(z | x) = N(z_1 | mu(x), diag sigma(x)^2) N(z_2 | mu(z_1), diag sigma(z_1)^2) for z = (z_1, z_2).

    The encoder outputs mu and ln sigma^2 of z_1; the network those of z_2. It goes with the prior `layered` and the
    decoder `partial`.

    Reference:
        Burda, Grosse and Salakhutdinov (2016), Importance weighted autoencoders, section 5.
        https://arxiv.org/abs/1509.00519

    Arguments:
        network: From z_1 to mu and ln sigma^2 of z_2.
        latent: Shape of z: one axis, both layers together.
        first: Axes of z_1; None: two thirds.

    Example:
        >>> import torch
        >>> posterior = build(Posterior, "layered", latent=(6,))
        >>> posterior.features, posterior(torch.zeros(5, 4, 2)).sample().shape
        ((4, 2), torch.Size([5, 6]))
    """

    parts: ClassVar[dict[str, Any]] = {"network": {"name": "mlp", "widths": (100, 100), "activation": "tanh"}}

    def __init__(self, network: Network, latent: Shape = (2,), first: int | None = None) -> None:
        super().__init__()
        self.network, self.latent, self.first = network, latent, first
        self.lower, self.upper = split(latent, first)

    @classmethod
    def inner(cls, known: dict[str, Any]) -> dict[str, Any]:
        lower, upper = split(known["latent"], known["first"])
        return {"inputs": (lower,), "outputs": (upper, 2), "context": 0}

    @property
    def features(self) -> Shape:
        return (self.lower, 2)

    def forward(self, h: Tensor) -> Chain:
        return Chain(gaussian(h), lambda lower: gaussian(self.network(lower)), self.upper)

    def point(self, q: Distribution) -> Tensor:
        """The mean of z_1 and the mean of z_2 at it, (B, *latent): the mean of z_2 alone has no closed form."""
        return cast(Chain, q).centre

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield build(cls, cls.name(), latent=(2,))
        small = {"name": "mlp", "widths": (8,)}
        yield build(cls, {"name": cls.name(), "first": 2, "network": small}, latent=(5,))
