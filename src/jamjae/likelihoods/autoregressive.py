"""Autoregressive likelihood: numbers in a row, each given the code and those before it."""

from typing import Any, ClassVar

from torch import Tensor
from torch.distributions import Distribution, constraints

from ..core.catalogue import build
from ..core.errors import require
from ..core.event import Event
from ..core.sequence import Sequence
from ..core.shapes import Shape
from ..networks.base import Network
from .base import Likelihood


class Autoregressive(Likelihood):
    r"""p(x | z) = prod_t p(x_t | x_1 .. x_{t-1}, z), a categorical for each number, in nats.

    The density reads the true numbers before each place (teacher forcing); draws and points read their own. Such a
    decoder can describe x without z. So while training, each number is hidden from those after it with the probability
    `word_dropout`, and has to be found in z.

    Of text, the last number says that the text ends, and nothing counts after it.

    Reference:
        Bowman et al. (2016), Generating sentences from a continuous space. https://arxiv.org/abs/1511.06349

    Arguments:
        network: From T numbers and h to K logits for each; a causal one.
        event: What one example is: categories.
        width: Numbers of h, with which the decoder tells the network about z.
        word_dropout: Share of hidden numbers while training, in [0, 1].

    Example:
        >>> import torch
        >>> event = Event((5,), "text", missing=True, levels=8)
        >>> p = build(Likelihood, "autoregressive", event=event)(torch.zeros(3, 64))
        >>> p.sample().shape, p.log_prob(torch.tensor([4, 2, 7, -1, -1])).shape
        (torch.Size([3, 5]), torch.Size([3]))
    """

    loss = "cross-entropy"
    remedy = "Use categories 0 .. K - 1."
    parts: ClassVar[dict[str, Any]] = {"network": {"name": "causal"}}

    def __init__(
        self, network: Network, event: Event = Event((2,), levels=3), width: int = 64, word_dropout: float = 0.0
    ) -> None:
        super().__init__()
        categories(event)
        require(width >= 1, "`width` must be at least 1", width, "Pass width=64.")
        require(0 <= word_dropout <= 1, "`word_dropout` must be in [0, 1]", word_dropout, "Pass word_dropout=0.3.")
        rule = "`network` of the likelihood autoregressive must be causal: what comes later must not be seen"
        require(network.causal, rule, network.name(), "Pass --likelihood.network causal.")
        self.network, self.event, self.width, self.word_dropout = network, event, width, word_dropout
        self.channels = width
        self.support = constraints.integer_interval(0, event.levels - 1)  # type: ignore[no-untyped-call]

    @classmethod
    def inner(cls, known: dict[str, Any]) -> dict[str, Any]:
        event = known["event"]
        categories(event)
        return {"inputs": (event.cells,), "outputs": (event.cells, event.levels), "context": known["width"]}

    @property
    def features(self) -> Shape:
        """Shape of h: one vector for the whole example."""
        return (self.width,)

    def initialise(self, x: Tensor) -> None:
        self.network.initialise(x.flatten(1))

    def forward(self, h: Tensor) -> Sequence:
        end = self.event.levels - 1 if self.event.kind == "text" else None
        hidden = self.word_dropout if self.training else 0.0
        return Sequence(self.network, self.event.shape, h, end=end, hidden=hidden)

    def point(self, p: Distribution) -> Tensor:
        """The most probable number at every place, given those chosen before it, (*s, B, *event), int64."""
        assert isinstance(p, Sequence)
        return p.mode

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        small = {"name": cls.name(), "network": {"name": "causal", "width": 8, "blocks": 1, "heads": 2}, "width": 4}
        yield build(cls, small, event=Event((1,), levels=3))
        yield build(cls, small, event=Event((2, 2, 1), "image", 0.0, 1.0, levels=2))
        yield build(cls, small, event=Event((3,), "text", missing=True, levels=4))


def categories(event: Event) -> None:
    """Refuse events of real numbers."""
    rule = "the likelihood autoregressive needs categories"
    require(event.levels >= 2, rule, f"real numbers ({event.kind})", "Use --likelihood gaussian.")
