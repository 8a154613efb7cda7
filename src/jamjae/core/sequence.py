r"""Numbers one after the other, each given those before it.

    p(k) = prod_t p(k_t | k_1 .. k_{t-1})

The density takes one pass of the network, a draw one step per number.
"""

from collections.abc import Sequence as Sizes
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.distributions import Categorical, Distribution, constraints

from .shapes import Shape


class Sequence(Distribution):
    """The distribution of T numbers in 0 .. K - 1 that a causal network makes.

    Arguments:
        network: Numbers (*s, B, T) and a context to logits (*s, B, T, K), where those of number t see only the numbers
            before it; `begin` and `step` give them one by one.
        shape: Shape of the event; its cells are the T numbers, in the order of memory.
        context: What the network is told, (*batch, C); None for nothing.

    Example:
        >>> from jamjae.networks import Causal
        >>> p = Sequence(Causal((6,), (6, 4)), (2, 3))
        >>> p.sample((5,)).shape, p.log_prob(p.sample((5,))).shape
        (torch.Size([5, 2, 3]), torch.Size([5]))
    """

    arg_constraints: ClassVar[dict[str, constraints.Constraint]] = {}

    def __init__(self, network: Any, shape: Shape, context: Tensor | None = None, batch: Shape | None = None) -> None:
        self.network, self.context = network, context
        own = () if context is None else tuple(context.shape[:-1])
        super().__init__(torch.Size(own if batch is None else batch), torch.Size(shape), validate_args=False)

    def expand(self, batch_shape: Sizes[int], _instance: None = None) -> "Sequence":
        batch = tuple(batch_shape)
        context = None if self.context is None else self.context.expand(*batch, -1)
        return Sequence(self.network, tuple(self.event_shape), context, batch)

    def log_prob(self, value: Tensor) -> Tensor:
        numbers = value.flatten(value.ndim - len(self.event_shape))
        lead = torch.broadcast_shapes(numbers.shape[:-1], self.batch_shape)  # type: ignore[no-untyped-call]
        numbers = numbers.expand(*lead, -1)
        log_p = self.network(numbers, self.context).log_softmax(-1)
        found: Tensor = log_p.gather(-1, numbers.unsqueeze(-1)).squeeze(-1).sum(-1)
        return found

    @torch.no_grad()
    def sample(self, sample_shape: Sizes[int] = ()) -> Tensor:
        lead = (*sample_shape, *self.batch_shape)
        count = torch.Size(lead).numel()
        context = None if self.context is None else self.context.expand(*lead, -1).reshape(count, -1)
        numbers, memory = [self.network.begin(count)], []  # type: ignore[var-annotated]
        for _ in range(self.event_shape.numel()):
            logits = self.network.step(numbers[-1], memory, context)
            numbers.append(Categorical(logits=logits, validate_args=False).sample())  # type: ignore[no-untyped-call]
        return torch.stack(numbers[1:], -1).reshape(*lead, *self.event_shape)
