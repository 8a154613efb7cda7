"""Vector quantisation: every position of a code is an entry of a learned book."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.distributions import Distribution

from ..core.errors import require
from ..core.quantised import Lifted, Quantised, numbered, perplexity
from ..core.shapes import Shape
from .base import Posterior


class VQ(Posterior):
    r"""q(z | x) has all its mass at the nearest entries of a book, one per position; it goes with the prior `codes`.

        z_t = e_k,  k = argmin_k |h_t - e_k|^2;   e_k <- running mean of the h_t that chose k

    The gradient passes straight through to h, and nothing is added to the loss here: keep h near its entry with the
    regulariser `commitment`. Usage is a share of all choices of a batch, so no step depends on its size. An entry that
    is not chosen stays where it is; one that is hardly chosen any more moves to an encoder output of the batch at hand.
    A book larger than what there is to encode trains, and its surplus stays unused.

    Reference:
        Van den Oord, Vinyals and Kavukcuoglu (2017), Neural discrete representation learning, appendix A.1.
        https://arxiv.org/abs/1711.00937;
        Dhariwal et al. (2020), Jukebox: a generative model for music (restarts). https://arxiv.org/abs/2005.00341

    Arguments:
        latent: Shape of z: axes of positions, then the width of an entry.
        codes: K >= 2, the entries of the book.
        decay: Of the running means, in [0, 1).
        restart: An entry moves when it is chosen less than this share of 1/K of the time, in [0, 1); 0: never.

    Example:
        >>> q = VQ((7, 7, 16), codes=32)(torch.zeros(5, 7, 7, 16))
        >>> q.codes.shape, q.rsample().shape
        (torch.Size([5, 7, 7]), torch.Size([5, 7, 7, 16]))
    """

    support = numbered
    certain = True
    usage: Tensor  # running share of all choices, (K,)
    book: Tensor  # the entries, (K, W)

    def __init__(self, latent: Shape = (4, 8), codes: int = 128, decay: float = 0.99, restart: float = 0.05) -> None:
        super().__init__()
        rule = "`latent` of the posterior vq must have positions and a width"
        require(len(latent) >= 2, rule, latent, "Pass latent=4,8, or latent=7,7,16 for pictures.")
        require(codes >= 2, "`codes` must be at least 2", codes, "Pass codes=128.")
        require(0 <= decay < 1, "`decay` must be in [0, 1)", decay, "Pass decay=0.99.")
        require(0 <= restart < 1, "`restart` must be in [0, 1)", restart, "Pass restart=0.05, or 0 for never.")
        self.latent, self.codes, self.decay, self.restart = latent, codes, decay, restart
        self.entries = codes
        self.register_buffer("usage", torch.full((codes,), 1 / codes))
        self.register_buffer("book", torch.randn(codes, latent[-1]))

    @property
    def features(self) -> Shape:
        return self.latent

    def forward(self, h: Tensor) -> Quantised:
        return Quantised(h, self.book, len(self.latent))

    def lift(self, p: Distribution) -> Lifted:
        return Lifted(p, self.book)

    @torch.no_grad()
    def start(self, features: Callable[[], Tensor]) -> None:
        """The book begins as outputs of the untrained encoder, different ones as far as there are enough."""
        h = features().flatten(0, -2)
        order = torch.randperm(len(h), device=h.device)
        self.book.copy_(h[order[torch.arange(self.codes, device=h.device) % len(h)]])
        self.usage.fill_(1 / self.codes)

    def statistics(self, q: Distribution) -> dict[str, Tensor]:
        assert isinstance(q, Quantised)
        h, chosen = q.h.detach().flatten(0, -2), q.codes.flatten()
        one = torch.nn.functional.one_hot(chosen, self.codes).to(h)
        return {"share": q.share, "sums": one.T @ h / len(h), "outputs": h}

    def update(self, statistics: dict[str, Tensor]) -> None:
        if not statistics:
            return
        share, sums, outputs = (statistics[name].to(self.book) for name in ("share", "sums", "outputs"))
        # As steps towards the means, not as a quotient of two decaying sums, which loses an entry that is not chosen.
        self.usage.lerp_(share, 1 - self.decay)
        chosen = share > 0
        means = torch.where(chosen[:, None], sums / torch.where(chosen, share, 1.0)[:, None], self.book)
        weight = (1 - self.decay) * share / torch.where(chosen, self.usage, 1.0)
        self.book.lerp_(means, weight.clamp(max=1.0)[:, None])
        self.move(outputs)

    def move(self, outputs: Tensor) -> None:
        """Put the entries that are hardly chosen at encoder outputs (N, W), drawn at random."""
        drawn = torch.randint(len(outputs), (self.codes,), device=outputs.device)
        dead = self.usage < self.restart / self.codes
        self.book.copy_(torch.where(dead[:, None], outputs[drawn], self.book))
        self.usage.masked_fill_(dead, 1 / self.codes)

    def logged(self, q: Distribution) -> dict[str, Tensor]:
        """Over the batch: the effective number of entries, from 1 to K, and the share that was chosen at all."""
        assert isinstance(q, Quantised)
        share = q.share
        return {"perplexity": perplexity(share), "used": (share > 0).to(share).mean()}

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls((2, 3), codes=5)
        yield cls((1, 2, 2), codes=3, decay=0.5, restart=0.0)
