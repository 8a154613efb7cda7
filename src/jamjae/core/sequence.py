r"""Numbers one after the other, each given those before it.

    p(k) = prod_t p(k_t | k_1 .. k_{t-1})

The density takes one pass of the network, a draw one step per number.
"""

from collections.abc import Callable
from collections.abc import Sequence as Sizes
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.distributions import Categorical, Distribution, constraints

from .shapes import Shape


class Sequence(Distribution):
    """The distribution of T numbers in 0 .. K - 1 that a causal network makes.

    Numbers below 0 are missing: they count nothing, and those after them are not told what they were.

    Arguments:
        network: Numbers (*s, B, T) and a context to logits (*s, B, T, K), where those of number t see only the numbers
            before it; `begin` and `step` give them one by one.
        shape: Shape of the event; its cells are the T numbers, in the order of memory.
        context: What the network is told, (*batch, C); None for nothing.
        end: The number after which nothing follows: all others are missing. None: every place has a number.
        hidden: Share of the numbers that those after them are not told, drawn afresh for every density.

    Example:
        >>> from jamjae.networks import Causal
        >>> p = Sequence(Causal((6,), (6, 4)), (2, 3))
        >>> p.sample((5,)).shape, p.log_prob(p.sample((5,))).shape
        (torch.Size([5, 2, 3]), torch.Size([5]))
    """

    arg_constraints: ClassVar[dict[str, constraints.Constraint]] = {}

    def __init__(
        self,
        network: Any,
        shape: Shape,
        context: Tensor | None = None,
        batch: Shape | None = None,
        end: int | None = None,
        hidden: float = 0.0,
    ) -> None:
        self.network, self.context, self.end, self.hidden = network, context, end, hidden
        own = () if context is None else tuple(context.shape[:-1])
        super().__init__(torch.Size(own if batch is None else batch), torch.Size(shape), validate_args=False)

    def expand(self, batch_shape: Sizes[int], _instance: None = None) -> "Sequence":
        batch = tuple(batch_shape)
        context = None if self.context is None else self.context.expand(*batch, -1)
        return Sequence(self.network, tuple(self.event_shape), context, batch, self.end, self.hidden)

    def cells(self, value: Tensor) -> Tensor:
        """log p of every number given those before it, (*s, B, *event); 0 where it is missing."""
        numbers = value.flatten(value.ndim - len(self.event_shape)).long()
        lead = torch.broadcast_shapes(numbers.shape[:-1], self.batch_shape)  # type: ignore[no-untyped-call]
        numbers = numbers.expand(*lead, -1)
        logits = self.network(self.told(numbers), self.context)
        chosen = logits.gather(-1, numbers.clamp(min=0).unsqueeze(-1)).squeeze(-1)
        log_p: Tensor = (chosen - logits.logsumexp(-1)).masked_fill(numbers < 0, 0.0)
        return log_p.reshape(*lead, *self.event_shape)

    def told(self, numbers: Tensor) -> Tensor:
        """The numbers as the network reads them: what stands at the start also stands for what is not told."""
        unknown = numbers < 0
        if self.hidden:
            unknown = unknown | (torch.rand(numbers.shape, device=numbers.device) < self.hidden)
        return torch.where(unknown, self.network.begin(1), numbers)

    def log_prob(self, value: Tensor) -> Tensor:
        return self.cells(value).flatten(-len(self.event_shape)).sum(-1)

    def sample(self, sample_shape: Sizes[int] = ()) -> Tensor:
        return self.made(sample_shape, lambda logits: Categorical(logits=logits, validate_args=False).sample())  # type: ignore[no-untyped-call]

    @property
    def mode(self) -> Tensor:
        """The most probable number at every place, given those chosen before it, (*batch, *event): a good guess at the
        most probable row, not always the row."""
        return self.made((), lambda logits: logits.argmax(-1))

    @torch.no_grad()
    def made(self, sample_shape: Sizes[int], choose: Callable[[Tensor], Tensor]) -> Tensor:
        """Rows (*sample_shape, *batch, *event), number by number: `choose` maps logits (N, K) to numbers (N,)."""
        lead = (*sample_shape, *self.batch_shape)
        count = torch.Size(lead).numel()
        context = None if self.context is None else self.context.expand(*lead, -1).reshape(count, -1)
        last, memory = self.network.begin(count), []  # type: ignore[var-annotated]
        rows = torch.full((count, self.event_shape.numel()), -1, device=last.device)
        going = torch.ones_like(last, dtype=torch.bool)
        for place in range(rows.shape[1]):
            last = choose(self.network.step(last, memory, context))
            rows[:, place] = torch.where(going, last, -1)
            if self.end is not None:
                going = going & (last != self.end)
                if not going.any():
                    break
        return rows.reshape(*lead, *self.event_shape)
