r"""Two blocks of one vector, one drawn after the other: two stochastic layers.

    p(z) = p(z_a) p(z_b | z_a),   z = (z_a, z_b) or (z_b, z_a)

What lies between the layers is a network, so mean and variance of z have no closed form.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar, NoReturn

import torch
from torch import Tensor
from torch.distributions import Distribution, Normal, constraints

from .divergence import draw, register_draw
from .errors import Undefined, require
from .product import Product
from .shapes import Shape, full

CLAMP = 15.0  # ln sigma^2 stays in [-CLAMP, CLAMP], so that no exponential overflows


class Chain(Distribution):
    """z = (z_a, z_b) with z_a ~ `one` and z_b ~ `other(z_a)`.

    Arguments:
        one: Distribution of z_a, event (A,).
        other: From z_a (*s, *B, A) to the distribution of z_b, batch (*s, *B), event (B,).
        width: Number of axes of z_b.
        last: Whether z_a, which is drawn first, comes last in the vector.

    Example:
        >>> one = gaussian(torch.zeros(4, 2, 2))
        >>> p = Chain(one, lambda a: gaussian(torch.stack([a[..., :1], a[..., 1:]], -1)), 1)
        >>> p.sample((3,)).shape, p.log_prob(torch.zeros(4, 3)).shape
        (torch.Size([3, 4, 3]), torch.Size([4]))
    """

    has_rsample = True
    arg_constraints: ClassVar[dict[str, constraints.Constraint]] = {}
    support = constraints.real_vector

    def __init__(
        self, one: Distribution, other: Callable[[Tensor], Distribution], width: int, last: bool = False
    ) -> None:
        self.one, self.other, self.width, self.last = one, other, width, last
        super().__init__(one.batch_shape, torch.Size([one.event_shape[0] + width]), validate_args=False)

    @property
    def mean(self) -> NoReturn:
        raise Undefined("the mean of two layers has no closed form")

    @property
    def variance(self) -> NoReturn:
        raise Undefined("the variance of two layers has no closed form")

    @property
    def centre(self) -> Tensor:
        """The mean of z_a and the mean of z_b at it, (*B, A + B): the deterministic stand-in for the mean."""
        a = self.one.mean
        return self._joined(a, self.other(a).mean)

    def expand(self, batch_shape: Sequence[int], _instance: None = None) -> "Chain":
        return Chain(self.one.expand(torch.Size(batch_shape)), self.other, self.width, self.last)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        a = self.one.rsample(torch.Size(sample_shape))
        return self._joined(a, self.other(a).rsample())

    def log_prob(self, value: Tensor) -> Tensor:
        cut = self.width if self.last else self.event_shape[0] - self.width
        head, tail = value[..., :cut], value[..., cut:]
        a, b = (tail, head) if self.last else (head, tail)
        return self.one.log_prob(a) + self.other(a).log_prob(b)

    def _joined(self, a: Tensor, b: Tensor) -> Tensor:
        return torch.cat([b, a] if self.last else [a, b], -1)


@register_draw(Chain)
def draw_both(q: Chain, samples: Sequence[int] = ()) -> tuple[Tensor, Tensor]:
    """z ~ q and log q(z) with one pass of the network between the layers."""
    a, log_a = draw(q.one, samples)
    b, log_b = draw(q.other(a))
    return q._joined(a, b), log_a + log_b


def gaussian(h: Tensor, ndim: int = 1) -> Product:
    """The diagonal Gaussian of h (*B, *event, 2), which holds mu and ln sigma^2; `ndim` counts the event's axes."""
    mu, log_variance = full(h).unbind(-1)
    sigma = (log_variance.clamp(-CLAMP, CLAMP) / 2).exp()
    return Product(Normal(mu, sigma, validate_args=False), ndim)


def split(latent: Shape, first: int | None) -> tuple[int, int]:
    """Axes of the two layers of `latent`; None gives the first one two thirds.

    Raises:
        UsageError: If there are not two.

    Example:
        >>> split((150,), None), split((150,), 50)
        ((100, 50), (50, 100))
    """
    rule = "two layers need a flat `latent` of at least 2 axes"
    require(len(latent) == 1 and latent[0] >= 2, rule, latent, "Pass latent=30.")
    count = max(1, 2 * latent[0] // 3) if first is None else first
    rule = f"`first` must be at least 1 and leave the second layer an axis of {latent[0]}"
    require(1 <= count < latent[0], rule, first, f"Pass first={latent[0] // 2}, or leave it out.")
    return count, latent[0] - count
