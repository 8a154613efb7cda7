"""VampPrior: a mixture of the posteriors of learned pseudo-inputs."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.distributions import Categorical, Distribution

from ..core.delta import Delta
from ..core.errors import UsageError, require
from ..core.event import Event
from ..core.mixture import Mixture
from ..core.seeds import generator
from ..core.shapes import Shape, missing
from .base import Prior


class Vamp(Prior):
    r"""p(z) = sum_m w_m q(z | u_m): the model's own posterior at M learned pseudo-inputs u_m.

    The best prior for a given encoder is the average of the posteriors of all examples; this one averages over M
    pseudo-examples, which start as training examples and stay inside the range of the data. Under a condition they have
    no label.

    Reference:
        Tomczak and Welling (2018), VAE with a VampPrior. https://arxiv.org/abs/1705.07120

    Arguments:
        event: What one example is.
        latent: Shape of z.
        components: M, from 1 to the number of training examples; left out, 100.
        learned: Whether the weights w_m are learned; otherwise they are 1/M.

    Example:
        >>> from torch.distributions import Normal
        >>> from jamjae.core import Product
        >>> p = Vamp(Event((3,)), (2,), components=4)(posterior_of=lambda u: Product(Normal(u[:, :2], 1.0), 1))
        >>> p.sample((5,)).shape
        torch.Size([5, 2])
    """

    logits: Tensor

    def __init__(
        self, event: Event = Event(), latent: Shape = (2,), components: int | None = None, learned: bool = False
    ) -> None:
        super().__init__()
        count = 100 if components is None else components
        gradient = "the prior vamp learns inputs by their gradient, and tokens have none"
        require(event.kind != "text", gradient, event.kind, "Pass --prior mixture, or use another recipe.")
        require(count >= 1, "`components` must be at least 1", components, "Pass components=100.")
        self.event, self.latent, self.components, self.learned = event, latent, components, learned
        self.pseudo = nn.Parameter(self._anything(count))
        if learned:
            self.register_parameter("logits", nn.Parameter(torch.zeros(count)))
        else:
            self.register_buffer("logits", torch.zeros(count), persistent=False)

    @property
    def bounds(self) -> tuple[float, float]:
        """The smallest and the largest value of a cell."""
        return (0.0, self.event.levels - 1.0) if self.event.levels else (self.event.low, self.event.high)

    def _anything(self, count: int) -> Tensor:
        """Pseudo-inputs until `initialise` sees the data."""
        low, high = (b if math.isfinite(b) else math.copysign(1.0, b) for b in self.bounds)
        shape = (count, *self.event.shape)
        return low + (high - low) * torch.rand(shape, generator=generator("vamp", shape))

    @torch.no_grad()
    def initialise(self, x: Tensor) -> None:
        require(
            len(self.pseudo) <= len(x),
            f"`components` must be at most the number of training examples, {len(x)}",
            len(self.pseudo),
            f"Pass --prior.components {len(x)} or fewer.",
        )
        chosen = x[torch.randperm(len(x), device=x.device)[: len(self.pseudo)]].to(self.pseudo)
        if self.event.missing:  # a pseudo-input has no gaps
            seen = torch.where(missing(x), torch.nan, x.to(self.pseudo))
            chosen = torch.where(missing(chosen), seen.nanmean(0).nan_to_num(0.0), chosen)
        self.pseudo.copy_(chosen)

    def forward(
        self, context: Tensor | None = None, posterior_of: Callable[[Tensor], Distribution] | None = None
    ) -> Mixture:
        if posterior_of is None:
            raise UsageError("the prior vamp needs an encoder, and this model has none. Pass --prior gaussian.")
        q = posterior_of(self.pseudo.clamp(*self.bounds))
        if isinstance(q, Delta):
            raise UsageError("the prior vamp needs a posterior with a density, not delta. Pass --prior mixture.")
        return Mixture(Categorical(logits=self.logits, validate_args=False), q, validate_args=False)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls(components=5)
        yield cls(Event((1,)), (1,), components=3, learned=True)
        yield cls(Event((3, 2, 1), "image", 0.0, 1.0, levels=2), (2, 3), components=4)
