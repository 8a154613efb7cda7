r"""Normalizing flows: an invertible map of a simple distribution.

    z = f(u),  u ~ base,  log p(z) = log p(u) - ln |det df/du|

The maps are zuko's masked autoregressive ones: one direction takes one pass of their networks, the other one pass per
axis.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, NoReturn

import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Transform, constraints

from .divergence import register_draw
from .errors import Undefined
from .product import Product
from .shapes import Shape


class Flow(Distribution):
    """The distribution of z = f(u) for u ~ `base`.

    Arguments:
        transform: f, invertible, on vectors: one of zuko's, or its inverse.
        base: Distribution of u, event (D,).
        shape: Shape of z, D numbers in all.

    Example:
        >>> from torch.distributions import Normal
        >>> base = Product(Normal(torch.zeros(5, 2), torch.ones(5, 2)), 1)
        >>> p = Flow(autoregressive(2, widths=(8,))(None), base, (2,))
        >>> z, log_p = draw_along(p, (3,))
        >>> torch.allclose(p.log_prob(z), log_p, atol=1e-5)
        True
    """

    has_rsample = True
    arg_constraints: ClassVar[dict[str, constraints.Constraint]] = {}

    def __init__(self, transform: Any, base: Product, shape: Shape) -> None:
        self.transform, self.base, self.shape = transform, base, shape
        super().__init__(base.batch_shape, torch.Size(shape), validate_args=False)

    @property
    def support(self) -> constraints.Constraint:
        return constraints.independent(constraints.real, len(self.shape))  # type: ignore[no-untyped-call]

    @property
    def mean(self) -> NoReturn:
        raise Undefined("the mean of a flow has no closed form")

    @property
    def variance(self) -> NoReturn:
        raise Undefined("the variance of a flow has no closed form")

    @property
    def centre(self) -> Tensor:
        """f at the base's mean, (*B, *event): the deterministic stand-in for the mean."""
        return self._along(self.base.mean)[0]

    def expand(self, batch_shape: Sequence[int], _instance: None = None) -> "Flow":
        return Flow(self.transform, self.base.expand(batch_shape), self.shape)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self._along(self.base.rsample(sample_shape))[0]

    def log_prob(self, value: Tensor) -> Tensor:
        flat = value.flatten(value.ndim - len(self.shape))
        with torch.autocast(value.device.type, enabled=False):  # a density in low precision is none
            u, grown = self.transform.inv.call_and_ladj(flat)
        log_p: Tensor = self.base.log_prob(u) + grown
        return log_p

    def _along(self, u: Tensor) -> tuple[Tensor, Tensor]:
        """f(u), (*s, *B, *event), and ln |det df/du|, (*s, *B)."""
        with torch.autocast(u.device.type, enabled=False):
            z, grown = self.transform.call_and_ladj(u)
        return z.reshape(*z.shape[:-1], *self.shape), grown


@register_draw(Flow)
def draw_along(q: Flow, samples: Sequence[int] = ()) -> tuple[Tensor, Tensor]:
    """z ~ q and log q(z) in one pass: the density at z alone would cost a pass per axis where drawing is fast."""
    u = q.base.rsample(samples)
    z, grown = q._along(u)
    return z, q.base.log_prob(u) - grown


def autoregressive(
    features: int, context: int = 0, transforms: int = 3, widths: Sequence[int] = (64, 64), bins: int = 0
) -> nn.Module:
    """Masked autoregressive transforms in a row, in alternating order of the axes; the identity until they are trained.

    Called with a context (B, C) or None, it gives the transform of that context.

    Arguments:
        features: Number of axes D.
        context: Width C of the context; 0 for none.
        transforms: How many.
        widths: Units of each hidden layer of their networks.
        bins: Pieces of a monotone spline on [-5, 5] per axis; 0: affine.

    Reference:
        Papamakarios, Pavlakou and Murray (2017), Masked autoregressive flow for density estimation.
        https://arxiv.org/abs/1705.07057;
        Durkan, Bekasov, Murray and Papamakarios (2019), Neural spline flows. https://arxiv.org/abs/1906.04032
    """
    flows = _zuko().flows
    options = {"transforms": transforms, "hidden_features": tuple(widths)}
    made = flows.NSF(features, context, bins=bins, **options) if bins else flows.MAF(features, context, **options)
    steps: nn.Module = made.transform
    alone = features == 1 and context == 0  # no network: the parameters of the one axis themselves
    for step in steps.get_submodule("transforms").children():
        learned = list(step.parameters())
        for p in learned if alone else learned[-2:]:  # weight and bias of the last layer
            nn.init.zeros_(p)
    return steps


def _zuko() -> Any:
    # Importing zuko turns off torch's argument checks for the whole process; they are not ours to turn off.
    checks = Distribution._validate_args
    import zuko.flows

    Distribution.set_default_validate_args(checks)
    return zuko


def composed(*transforms: Transform) -> Transform:
    """One transform after another."""
    found: Transform = _zuko().transforms.ComposedTransform(*transforms)
    return found
