"""A Gaussian whose place and width follow from the label."""

from collections.abc import Callable
from typing import Any, ClassVar

from torch import Tensor
from torch.distributions import Distribution

from ..core.catalogue import build
from ..core.chain import gaussian
from ..core.errors import UsageError, require
from ..core.product import Product
from ..core.shapes import Shape
from ..networks.base import Network
from .base import Prior


class ConditionalGaussian(Prior):
    r"""p(z | c) = N(z | mu(c), diag sigma(c)^2): every label gets a region of its own; needs a condition.

    mu and ln sigma^2 are outputs of the network at the context c. An example without a label has c = 0.

    Reference:
        Sohn, Lee and Yan (2015), Learning structured output representation using deep conditional generative models.
        https://papers.nips.cc/paper/5775

    Arguments:
        network: From the context to mu and ln sigma^2; linear unless it has `widths`.
        latent: Shape of z.
        context: Width C of the context, >= 1.

    Example:
        >>> import torch
        >>> prior = build(Prior, "conditional-gaussian", latent=(2,), context=10)
        >>> prior(torch.eye(10)).batch_shape
        torch.Size([10])
    """

    parts: ClassVar[dict[str, Any]] = {"network": {"name": "mlp", "widths": ()}}

    def __init__(self, network: Network, latent: Shape = (2,), context: int = 2) -> None:
        super().__init__()
        needs_condition(context)
        self.network, self.latent, self.context = network, latent, context

    @classmethod
    def inner(cls, known: dict[str, Any]) -> dict[str, Any]:
        needs_condition(known["context"])
        return {"inputs": (known["context"],), "outputs": (*known["latent"], 2), "context": 0}

    def forward(
        self, context: Tensor | None = None, posterior_of: Callable[[Tensor], Distribution] | None = None
    ) -> Product:
        if context is None:
            raise UsageError("`context` is needed by the prior conditional-gaussian: pass the labels of the examples.")
        return gaussian(self.network(context), len(self.latent))

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield build(cls, cls.name(), latent=(2,), context=2)
        yield build(cls, cls.name(), latent=(1,), context=3)
        yield build(cls, {"name": cls.name(), "network": {"name": "mlp", "widths": (8,)}}, latent=(2, 3), context=2)


def needs_condition(context: int) -> None:
    """Refuse a context of width 0."""
    rule = "the prior conditional-gaussian needs a condition (a `context` of at least 1)"
    require(context >= 1, rule, context, "Pass --condition label, or --prior gaussian.")
