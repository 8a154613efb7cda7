"""Discretised logistic likelihood: grey values on an even grid, as probabilities and not as a density."""

import math
from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor
from torch.distributions import Distribution, constraints
from torch.nn.functional import logsigmoid, one_hot, pad, softplus

from ..core.errors import require
from ..core.event import Event
from ..core.product import Product
from .base import Likelihood, positive


class Grid(constraints.Constraint):
    """The values low, low + step, ..., high.

    Arguments:
        low: The first value.
        high: The last one.
        levels: How many there are, >= 2.

    Example:
        >>> Grid(0.0, 1.0, 5).values()
        tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """

    is_discrete = True

    def __init__(self, low: float, high: float, levels: int) -> None:
        self.low, self.high, self.levels = low, high, levels
        self.step = (high - low) / (levels - 1)
        super().__init__()

    def __repr__(self) -> str:
        return f"{self.levels} values from {self.low:g} to {self.high:g}"

    def values(self, dtype: torch.dtype = torch.float32) -> Tensor:
        """All of them, (levels,)."""
        return self.low + self.step * torch.arange(self.levels, dtype=dtype)

    def number(self, x: Tensor) -> Tensor:
        """Which value is nearest, from 0."""
        return ((x - self.low) / self.step).round().clamp(0, self.levels - 1)

    def check(self, value: Tensor) -> Tensor:
        away = (value - (self.low + self.step * self.number(value))).abs()
        return away < 0.01 * self.step  # the rounding of a 16-bit value in single precision is half of that


class Rounded(Distribution):
    r"""Mixture of K logistics, rounded to a grid; what lies outside belongs to the first and last value.

        P(x) = sum_k pi_k [sigmoid(b_k) - sigmoid(a_k)],   a, b = (x -+ step / 2 - mu_k) / s_k

    with a = -inf at the first value and b = inf at the last. The difference is taken as a product, which neither
    cancels nor underflows: sigmoid(b) - sigmoid(a) = sigmoid(b) sigmoid(-a) (1 - e^-(b - a)).

    Arguments:
        grid: The values.
        loc: mu, (..., K).
        scale: s > 0, (..., K).
        logits: log pi + constant, (..., K).

    Example:
        >>> zero = torch.zeros(1)
        >>> p = Rounded(Grid(0.0, 1.0, 3), zero + 0.5, zero + 0.1, zero)
        >>> round(p.log_prob(Grid(0.0, 1.0, 3).values()).exp().sum().item(), 6)
        1.0
    """

    arg_constraints: ClassVar[dict[str, constraints.Constraint]] = {}

    def __init__(self, grid: Grid, loc: Tensor, scale: Tensor, logits: Tensor) -> None:
        self.grid, self.loc, self.scale, self.logits = grid, loc, scale, logits
        super().__init__(loc.shape[:-1], validate_args=False)

    @property
    def support(self) -> constraints.Constraint:
        return self.grid

    def expand(self, batch_shape: Sequence[int], _instance: None = None) -> "Rounded":
        parts = (self.loc, self.scale, self.logits)
        return Rounded(self.grid, *(t.expand(*batch_shape, t.shape[-1]) for t in parts))

    @property
    def mean(self) -> Tensor:
        """The mean before rounding, which differs by less than half a step."""
        low, high = self.grid.low, self.grid.high
        rise = softplus((self.loc - low) / self.scale) - softplus((self.loc - high) / self.scale)
        return (self.logits.softmax(-1) * (low + self.scale * rise)).sum(-1).clamp(low, high)

    def log_prob(self, x: Tensor) -> Tensor:
        grid, number = self.grid, self.grid.number(x.to(self.loc.dtype)).unsqueeze(-1)
        above = logsigmoid((grid.low + grid.step * (number + 0.5) - self.loc) / self.scale)
        below = logsigmoid((self.loc - grid.low - grid.step * (number - 0.5)) / self.scale)
        first, last = number == 0, number == grid.levels - 1
        both = below + above + (-torch.expm1(-grid.step / self.scale)).log()
        log_p = torch.where(first, above, torch.where(last, below, both))
        if log_p.shape[-1] == 1:
            return log_p.squeeze(-1)
        return (self.logits.log_softmax(-1) + log_p).logsumexp(-1)

    @torch.no_grad()
    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        shape = (*self._extended_shape(torch.Size(sample_shape)), self.loc.shape[-1])
        gumbel = -uniform(shape, self.loc).log().neg().log()
        chosen = one_hot((self.logits + gumbel).argmax(-1), shape[-1]).to(self.loc.dtype)
        loc, scale = (self.loc * chosen).sum(-1), (self.scale * chosen).sum(-1)
        x = loc + scale * uniform(shape[:-1], loc).logit()
        return self.grid.low + self.grid.step * self.grid.number(x)


def uniform(shape: Sequence[int], like: Tensor) -> Tensor:
    """Uniform numbers inside (0, 1)."""
    tiny = torch.finfo(like.dtype).eps / 2
    return torch.rand(*shape, dtype=like.dtype, device=like.device).clamp(tiny, 1 - tiny)


class DiscretisedLogistic(Likelihood):
    r"""p(x | z) = prod_d sum_k pi_dk P(x_d | mu_dk, s_dk): mixtures of K logistics rounded to the values that a cell
    can take, in nats.

        P(x | mu, s) = sigmoid((x + step / 2 - mu) / s) - sigmoid((x - step / 2 - mu) / s)

    with open ends at the first and last value, so that the probabilities of all values add up to 1. Unlike a density it
    is at most 1: -log p is a code length, never negative. mu = shift + scale * h, and s and pi come from the decoder,
    too, for every cell.

    Reference:
        Kingma et al. (2016), Improved variational inference with inverse autoregressive flow.
        https://arxiv.org/abs/1606.04934;
        Salimans, Karpathy, Chen and Kingma (2017), PixelCNN++. https://arxiv.org/abs/1701.05517

    Arguments:
        event: What one example is; its range must be finite.
        levels: Number of values from the event's low to its high, >= 2. None: the event's own, or 256 where it does not
            say.
        components: K >= 1.

    Example:
        >>> p = DiscretisedLogistic(Event((3,), low=0.0, high=1.0))(torch.zeros(5, 3, 2))
        >>> -9 < p.log_prob(torch.full((5, 3), 0.2))[0].item() / 3 < 0
        True
    """

    loss = "discretised logistic"
    offsets: Tensor
    shift: Tensor
    scale: Tensor

    def __init__(
        self, event: Event = Event((2,), low=0.0, high=1.0), levels: int | None = None, components: int = 1
    ) -> None:
        super().__init__()
        finite = math.isfinite(event.low) and math.isfinite(event.high)
        count = levels or event.levels or event.grid or 256
        require(finite, "`event` needs finite `low` and `high`", (event.low, event.high), "Use --likelihood gaussian.")
        require(count >= 2, "`levels` must be at least 2", levels, "Pass levels=256 for 8-bit pictures.")
        require(components >= 1, "`components` must be at least 1", components, "Pass components=1.")
        self.event, self.levels, self.components = event, levels, components
        self.support = self.grid = Grid(event.low, event.high, count)
        self.points = constraints.interval(event.low, event.high)  # type: ignore[no-untyped-call]
        self.remedy = f"It knows {self.grid!r}: pass --likelihood.levels N, or use --likelihood gaussian."
        self.channels, self.fill = 3 * components - 1, event.low
        share = (torch.arange(components) + 0.5) / components
        self.register_buffer("offsets", torch.special.ndtri(share), persistent=False)
        self.register_buffer("shift", torch.full(event.shape, (event.low + event.high) / 2))
        self.register_buffer("scale", torch.full(event.shape[-1:], (event.high - event.low) / 4))

    def initialise(self, x: Tensor) -> None:
        self.shift.copy_(self.position(x))
        self.scale.copy_(self.spread(x))

    def forward(self, h: Tensor) -> Product:
        loc, raw, logits = h.tensor_split((self.components, 2 * self.components), -1)
        shift, scale = self.shift.unsqueeze(-1), self.scale.unsqueeze(-1)
        # At h = 0 the components stand side by side and have the data's mean and standard deviation together.
        width = (3 * (1 - self.offsets.square().mean())).sqrt() / math.pi
        s = self.grid.step / 100 + scale * width * positive(raw)  # any narrower, and nothing changes any more
        return self.cells_of(Rounded(self.grid, shift + scale * (self.offsets + loc), s, pad(logits, (1, 0))))

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(Event((3, 2, 3), "image", -1.0, 1.0, grid=16), components=3)
        yield cls(Event((1,), low=0.0, high=1.0, missing=True), components=2)
