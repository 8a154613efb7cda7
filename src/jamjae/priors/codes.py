"""Numbers of a book's entries, one after the other."""

from collections.abc import Callable
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.distributions import Distribution

from ..core.catalogue import build
from ..core.errors import UsageError, require
from ..core.quantised import numbered, positions
from ..core.sequence import Sequence
from ..core.shapes import Shape
from ..networks.base import Network
from .base import Prior


class Codes(Prior):
    r"""p(k) = prod_t p(k_t | k_1 .. k_{t-1}): an autoregressive prior over the codes of the posterior `vq`.

    The posterior lifts it from numbers k to the entries of its book. -log p(k) is exact: the nats (bits x ln 2) that it
    takes to send the code of an example.

    Reference:
        Van den Oord, Vinyals and Kavukcuoglu (2017), Neural discrete representation learning, section 3.3.
        https://arxiv.org/abs/1711.00937

    Arguments:
        network: From T numbers to K logits for each, given those before it; a causal one.
        latent: Shape of z: axes of positions, T in all, then the width of an entry.
        entries: K >= 2. Filled from the posterior.
        context: Width C of the context; 0 for none.

    Example:
        >>> p = build(Prior, "codes", latent=(2, 2, 8), entries=16)()
        >>> k = p.sample((5,))
        >>> k.shape, p.log_prob(k).shape
        (torch.Size([5, 2, 2]), torch.Size([5]))
    """

    support = numbered
    parts: ClassVar[dict[str, Any]] = {"network": {"name": "causal"}}

    def __init__(self, network: Network, latent: Shape = (4, 8), entries: int = 8, context: int = 0) -> None:
        super().__init__()
        needs_numbers(latent, entries)
        rule = "`network` of the prior codes must be causal: what comes later must not be seen"
        require(network.causal, rule, network.name(), "Pass --prior.network causal.")
        self.network, self.latent, self.entries, self.context = network, latent, entries, context

    @classmethod
    def inner(cls, known: dict[str, Any]) -> dict[str, Any]:
        needs_numbers(known["latent"], known["entries"])
        places = torch.Size(positions(known["latent"])).numel()
        return {"inputs": (places,), "outputs": (places, known["entries"]), "context": known["context"]}

    @property
    def shape(self) -> Shape:
        return positions(self.latent)

    def forward(
        self, context: Tensor | None = None, posterior_of: Callable[[Tensor], Distribution] | None = None
    ) -> Sequence:
        if self.context and context is None:
            raise UsageError("`context` is needed by a conditional prior codes: pass the labels of the examples.")
        return Sequence(self.network, self.shape, context if self.context else None)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        small = {"name": cls.name(), "network": {"name": "causal", "width": 8, "blocks": 1, "heads": 2}}
        yield build(cls, small, latent=(2, 3), entries=3)
        yield build(cls, small, latent=(1, 3, 2), entries=4, context=2)


def needs_numbers(latent: Shape, entries: int) -> None:
    """Refuse a posterior whose codes are no numbers."""
    rule = "the prior codes needs a posterior whose codes are numbers, at positions"
    require(entries >= 2 and len(latent) >= 2, rule, {"latent": latent, "entries": entries}, "Pass --posterior vq.")
