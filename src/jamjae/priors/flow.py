"""A normalizing flow: a learned density of any shape."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.distributions import AffineTransform, Distribution, Normal, Transform

from ..core.errors import UsageError, require
from ..core.flow import Flow as Base
from ..core.flow import autoregressive, composed
from ..core.product import Product
from ..core.shapes import Shape
from .base import Prior


class Flow(Prior):
    r"""p(z) = N(f(z) | 0, I) |det df/dz|, where f is a row of masked autoregressive transforms.

    f first centres and scales every axis (learned), then bends it by monotone splines or affine maps whose parameters
    depend on the axes before it. It starts as N(0, I). Densities take one pass, draws one pass per axis. Under a
    condition every label has its own density. It cannot be compiled.

    Reference:
        Papamakarios, Pavlakou and Murray (2017), Masked autoregressive flow for density estimation.
        https://arxiv.org/abs/1705.07057;
        Durkan, Bekasov, Murray and Papamakarios (2019), Neural spline flows. https://arxiv.org/abs/1906.04032

    Arguments:
        latent: Shape of z.
        context: Width C of the context; 0 for none.
        transforms: How many in a row, >= 1.
        widths: Units of each hidden layer of the transforms' networks.
        bins: Pieces of the spline on [-5, 5] of every axis, at least 2; 0 for affine maps.

    Example:
        >>> p = Flow((2,))()
        >>> round(p.log_prob(torch.zeros(2)).item(), 4), p.sample((5,)).shape  # at the start, -ln 2 pi
        (-1.8379, torch.Size([5, 2]))
    """

    compiles = False

    def __init__(
        self,
        latent: Shape = (2,),
        context: int = 0,
        transforms: int = 3,
        widths: tuple[int, ...] = (64, 64),
        bins: int = 8,
    ) -> None:
        super().__init__()
        require(transforms >= 1, "`transforms` must be at least 1", transforms, "Pass transforms=3.")
        require(all(w >= 1 for w in widths), "`widths` must be positive", widths, "Pass widths=64,64.")
        require(bins == 0 or bins >= 2, "`bins` must be at least 2, or 0 for affine maps", bins, "Pass bins=8.")
        self.latent, self.context, self.transforms, self.widths, self.bins = latent, context, transforms, widths, bins
        axes = torch.Size(latent).numel()
        self.loc, self.log_scale = nn.Parameter(torch.zeros(axes)), nn.Parameter(torch.zeros(axes))
        self.steps = autoregressive(axes, context, transforms, widths, bins)

    def forward(
        self, context: Tensor | None = None, posterior_of: Callable[[Tensor], Distribution] | None = None
    ) -> Base:
        if self.context and context is None:
            raise UsageError("`context` is needed by a conditional flow: pass the labels of the examples.")
        given = context if self.context else None
        zero = torch.zeros_like(self.loc).expand(*(() if given is None else given.shape[:-1]), -1)
        base = Product(Normal(zero, torch.ones_like(zero), validate_args=False), 1)
        return Base(composed(self._standard(), self.steps(given)).inv, base, self.latent)

    def _standard(self) -> Transform:
        """z to (z - loc) / scale."""
        return AffineTransform(self.loc, self.log_scale.exp(), event_dim=1).inv

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls(transforms=2, widths=(8,), bins=4)
        yield cls((1,), transforms=1, bins=4)
        yield cls((3, 1), transforms=2, widths=(8,), bins=0)
        yield cls((2,), context=3, transforms=2, widths=(8,), bins=4)
        yield cls((1,), context=2, transforms=1, widths=(8,))
