"""An inverse autoregressive flow: a Gaussian draw, bent by learned maps."""

from typing import cast

import torch
from torch import Tensor
from torch.distributions import Distribution, Normal

from ..core.errors import require
from ..core.flow import Flow as Base
from ..core.flow import autoregressive
from ..core.product import Product
from ..core.shapes import Shape
from .base import Posterior

CLAMP = 15.0  # ln sigma^2 stays in [-CLAMP, CLAMP], so that no exponential overflows


class Flow(Posterior):
    r"""q(z | x) of z = f_T(...f_1(u)), u ~ N(mu(x), diag sigma(x)^2), f_t(u)_j = u_j s_j(u_<j, c(x)) + m_j(u_<j, c(x)).

    The encoder outputs mu, ln sigma^2 and a context c, which all maps see. A draw and its density take one pass; the
    density at any other z takes one pass per axis. At the start the maps do nothing: a diagonal Gaussian. It cannot be
    compiled.

    Reference:
        Kingma et al. (2016), Improved variational inference with inverse autoregressive flow.
        https://arxiv.org/abs/1606.04934

    Arguments:
        latent: Shape of z.
        transforms: T >= 1.
        widths: Units of each hidden layer of the maps' networks.
        hidden: Width of the context c, >= 1.

    Example:
        >>> posterior = Flow((2,), hidden=8)
        >>> q = posterior(torch.zeros(5, *posterior.features))
        >>> q.sample((3,)).shape, posterior.point(q).shape
        (torch.Size([3, 5, 2]), torch.Size([5, 2]))
    """

    compiles = False

    def __init__(
        self, latent: Shape = (2,), transforms: int = 3, widths: tuple[int, ...] = (128,), hidden: int = 64
    ) -> None:
        super().__init__()
        require(transforms >= 1, "`transforms` must be at least 1", transforms, "Pass transforms=3.")
        require(all(w >= 1 for w in widths), "`widths` must be positive", widths, "Pass widths=128.")
        require(hidden >= 1, "`hidden` must be at least 1", hidden, "Pass hidden=64.")
        self.latent, self.transforms, self.widths, self.hidden = latent, transforms, widths, hidden
        self.steps = autoregressive(self.axes, hidden, transforms, widths)

    @property
    def axes(self) -> int:
        """Number of latent axes."""
        return torch.Size(self.latent).numel()

    @property
    def features(self) -> Shape:
        return (2 * self.axes + self.hidden,)

    def forward(self, h: Tensor) -> Base:
        mu, log_variance, context = torch.split(h, [self.axes, self.axes, self.hidden], -1)
        sigma = (log_variance.clamp(-CLAMP, CLAMP) / 2).exp()
        return Base(self.steps(context), Product(Normal(mu, sigma, validate_args=False), 1), self.latent)

    def point(self, q: Distribution) -> Tensor:
        """The mean of u through the maps, (B, *latent): the mean of z has no closed form."""
        return cast(Base, q).centre

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls(widths=(8,), hidden=4)
        yield cls((1,), transforms=1, widths=(8,), hidden=4)
        yield cls((2, 3), transforms=2, widths=(16, 16), hidden=4)
