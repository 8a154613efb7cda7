"""Masked self-attention over a row of numbers: what comes next, given what came before."""

from contextlib import nullcontext

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import scaled_dot_product_attention

from ..core.errors import require
from ..core.shapes import Shape, over_leading
from .base import Network

Memory = list[tuple[Tensor, Tensor]]  # keys and values of the places read so far, (N, heads, t, d) each, one per block


class Causal(Network):
    """From numbers 0 .. K - 1 at T places to K logits per place, where those of place t see only the numbers before t.

    The row is shifted by one place, with a number of its own at the start. Attention is masked, so no number reaches
    the logits of its own place or of an earlier one. The context joins every place.

    Reference:
        Vaswani et al. (2017), Attention is all you need. https://arxiv.org/abs/1706.03762

    Arguments:
        inputs: (T,).
        outputs: (T, K).
        context: Width C of the context vector; 0 for none.
        width: Channels of every place.
        blocks: Layers of attention, each followed by two dense layers.
        heads: Of the attention; a divisor of `width`.
        dropout: Share of channels dropped after every layer while training, in [0, 1).

    Example:
        >>> Causal((6,), (6, 4))(torch.zeros(5, 6, dtype=torch.int64)).shape
        torch.Size([5, 6, 4])
    """

    causal = True
    numbers = True

    def __init__(
        self,
        inputs: Shape = (4,),
        outputs: Shape = (4, 8),
        context: int = 0,
        width: int = 64,
        blocks: int = 2,
        heads: int = 4,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        row = len(inputs) == 1 and len(outputs) == 2 and inputs[0] == outputs[0]
        require(row, "`causal` reads numbers at T places and gives K logits for each", (inputs, outputs), OTHERWISE)
        require(blocks >= 1, "`blocks` must be at least 1", blocks, "Pass blocks=2.")
        require(heads >= 1 and width % heads == 0, "`width` must be a multiple of `heads`", (width, heads))
        require(0 <= dropout < 1, "`dropout` must be in [0, 1)", dropout)
        self.inputs, self.outputs, self.context = inputs, outputs, context
        self.width, self.blocks, self.heads, self.dropout = width, blocks, heads, dropout
        self.prepare()
        self.embed = nn.Embedding(outputs[1] + 1, width)  # the last one stands before the first place
        self.place = nn.Parameter(0.1 * torch.randn(inputs[0], width))
        self.told = nn.Linear(context, width) if context else None
        self.stack = nn.ModuleList(Block(width, heads, dropout) for _ in range(blocks))
        self.norm, self.out = nn.LayerNorm(width), nn.Linear(width, outputs[1])

    @torch.no_grad()
    def initialise(self, x: Tensor) -> None:
        """Start from how often each number stands in x (N, T); half a one of each is added to what was seen."""
        seen = x[(x >= 0) & (x < self.outputs[1])].long()
        counts = torch.bincount(seen, minlength=self.outputs[1]) + 0.5
        self.out.bias.copy_((counts / counts.sum()).log())

    def forward(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        return over_leading(self.compute, x, self.inputs, context)

    def compute(self, x: Tensor, context: Tensor | None) -> Tensor:
        shifted = torch.cat([self.begin(len(x))[:, None], x[:, :-1]], 1)
        return self._read(shifted, context, 0, None)

    def begin(self, n: int) -> Tensor:
        """What stands before the first place of n rows, (n,)."""
        return torch.full((n,), self.outputs[1], device=self.place.device)

    def step(self, last: Tensor, memory: Memory, context: Tensor | None = None) -> Tensor:
        """Logits (N, K) of the next place, given the number before it (N,) and the memory, which grows by it."""
        past = memory[0][0].shape[2] if memory else 0
        return self._read(last[:, None], context, past, memory)[:, 0]

    def _read(self, x: Tensor, context: Tensor | None, past: int, memory: Memory | None) -> Tensor:
        h = self.embed(x) + self.place[past : past + x.shape[1]]
        if self.told is not None and context is not None:
            h = h + self.told(context)[:, None]
        for number, block in enumerate(self.stack):
            h = block(h, memory, number)
        logits: Tensor = self.out(self.norm(h))
        return logits

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls((3,), (3, 4), width=8, blocks=1, heads=2)
        yield cls((4,), (4, 3), context=2, width=8, dropout=0.25)


OTHERWISE = "It belongs inside the prior codes and the likelihood autoregressive."


class Block(nn.Module):
    """Masked self-attention, then two dense layers; each adds to what it read."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.ask, self.join = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width)
        self.dense = nn.Sequential(nn.Linear(width, 2 * width), nn.ReLU(), nn.Linear(2 * width, width))
        self.drop = nn.Dropout(dropout)

    def forward(self, h: Tensor, memory: Memory | None, number: int) -> Tensor:
        h = h + self.drop(self.join(self.attend(self.before(h), memory, number)))
        h = h + self.drop(self.dense(self.between(h)))
        return h

    def attend(self, h: Tensor, memory: Memory | None, number: int) -> Tensor:
        """Averages of the values of this place and those before it, (N, t, width)."""
        q, k, v = self.ask(h).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)  # (N, heads, t, d) each
        if memory is not None:
            k, v = remembered(memory, number, k, v)
        # On a GPU the fused kernels add up gradients in any order; the plain one gives the same bits every time.
        with sdpa_kernel(SDPBackend.MATH) if h.is_cuda else nullcontext():
            averages = scaled_dot_product_attention(q, k, v, is_causal=memory is None)  # with a memory, one place asks
        return averages.transpose(1, 2).flatten(2)


def remembered(memory: Memory, number: int, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """Keys and values of all places so far; the memory then holds them."""
    if number < len(memory):
        k, v = torch.cat([memory[number][0], k], 2), torch.cat([memory[number][1], v], 2)
        memory[number] = (k, v)
    else:
        memory.append((k, v))
    return k, v
