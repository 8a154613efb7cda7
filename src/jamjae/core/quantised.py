r"""Codes from a finite book: an encoder's output at its nearest entries, and numbers of entries as the entries.

    k(h) = argmin_k |h - e_k|^2,   z = e_k(h)

At every position of a code stands one of the K entries e_k of the book.
"""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor
from torch.distributions import Distribution, constraints

from .divergence import register_kl
from .shapes import Shape


class Numbered(constraints.Constraint):
    """Codes that stand for numbers: every vector counts as the nearest entry of the book."""

    is_discrete = True

    def check(self, value: Tensor) -> Tensor:
        return value.isfinite()


numbered = Numbered()


def nearest(h: Tensor, book: Tensor) -> Tensor:
    """Numbers (*s) of the entries of the book (K, W) that are nearest to vectors h (*s, W); of equals the first."""
    # In double precision, or an entry that nearly equals another one would not be found as its own nearest.
    flat, book = h.reshape(-1, book.shape[1]).double(), book.double()
    distance = torch.addmm(book.square().sum(1), flat, book.T, alpha=-2)  # |h - e|^2 without |h|^2, equal for all
    return distance.argmin(1).reshape(h.shape[:-1])


class Quantised(Distribution):
    """All mass at the nearest entries of a book: on that finite set log q is 0 at them and -inf elsewhere.

    `rsample` has the entries as its value and passes the gradient straight through to h.

    Arguments:
        h: Vectors, (*batch, *positions, W).
        book: Entries, (K, W).
        ndim: How many of the last axes of h are the event.

    Reference:
        Van den Oord, Vinyals and Kavukcuoglu (2017), Neural discrete representation learning.
        https://arxiv.org/abs/1711.00937

    Example:
        >>> q = Quantised(torch.tensor([[[0.9, 0.1]]]), torch.eye(2), 2)
        >>> q.codes.tolist(), q.rsample().tolist()
        ([[0]], [[[1.0, 0.0]]])
    """

    has_rsample = True
    arg_constraints: ClassVar[dict[str, constraints.Constraint]] = {}

    def __init__(self, h: Tensor, book: Tensor, ndim: int) -> None:
        self.h, self.book, self.ndim = h, book, ndim
        self.codes = nearest(h.detach(), book)
        self.entries = book[self.codes]
        cut = h.ndim - ndim
        super().__init__(h.shape[:cut], h.shape[cut:], validate_args=False)

    @property
    def mean(self) -> Tensor:
        return self.entries

    @property
    def variance(self) -> Tensor:
        return torch.zeros_like(self.entries)

    @property
    def gap(self) -> Tensor:
        """|h - e|^2, summed over the event, (*batch); its gradient moves h only."""
        return (self.h - self.entries.detach()).square().flatten(-self.ndim).sum(-1)

    @property
    def share(self) -> Tensor:
        """How often every entry was chosen, as a share of all choices, (K,)."""
        chosen = self.codes.flatten()
        one = torch.ones(chosen.shape, dtype=self.h.dtype, device=self.h.device)
        return torch.zeros_like(self.book[:, 0]).index_add(0, chosen, one) / len(chosen)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        z = self.entries + (self.h - self.h.detach())  # exactly the entries: what is added is 0
        return z.expand(*sample_shape, *z.shape)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self.entries.expand(*sample_shape, *self.entries.shape)

    def log_prob(self, value: Tensor) -> Tensor:
        same = (value == self.entries).flatten(-self.ndim).all(-1)
        return torch.zeros(same.shape, dtype=self.h.dtype, device=self.h.device).masked_fill(~same, -torch.inf)


class Lifted(Distribution):
    """A distribution over numbers as one over the entries of a book.

    Arguments:
        base: Distribution over numbers 0 .. K - 1, event (*positions).
        book: Entries, (K, W).

    Example:
        >>> from torch.distributions import Categorical
        >>> from jamjae.core import Product
        >>> p = Lifted(Product(Categorical(logits=torch.zeros(3, 2)), 1), torch.eye(2))
        >>> p.sample((5,)).shape, round(p.log_prob(torch.ones(3, 2)).item(), 4)  # 3 ln 1/2
        (torch.Size([5, 3, 2]), -2.0794)
    """

    arg_constraints: ClassVar[dict[str, constraints.Constraint]] = {}

    def __init__(self, base: Distribution, book: Tensor) -> None:
        self.base, self.book = base, book
        super().__init__(base.batch_shape, torch.Size((*base.event_shape, book.shape[1])), validate_args=False)

    def expand(self, batch_shape: Sequence[int], _instance: None = None) -> "Lifted":
        return Lifted(self.base.expand(torch.Size(batch_shape)), self.book)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self.book[self.base.sample(torch.Size(sample_shape))]

    def log_prob(self, value: Tensor) -> Tensor:
        return self.base.log_prob(nearest(value, self.book))


@register_kl(Quantised, Lifted)
def code_length(q: Quantised, p: Lifted) -> Tensor:
    """-log p(k), (B,): what it costs to send the numbers; both are distributions over the same finite set."""
    return -p.base.log_prob(q.codes)


def perplexity(share: Tensor) -> Tensor:
    """Effective number of entries, exp of the entropy of their shares (K,): from 1 to K, ()."""
    effective: Tensor = torch.special.entr(share).sum().exp()
    return effective


def positions(latent: Shape) -> Shape:
    """The axes of a code that count its positions: all but the last."""
    return latent[:-1]
