"""Reconstruction with the codes as a whole drawn to the prior."""

from typing import Any

from torch import Tensor, nn

from ..core.delta import Delta
from ..core.divergence import draw_and_rate
from ..core.errors import require
from ..kernels.base import Kernel
from ..kernels.inverse_multiquadric import InverseMultiquadric
from .base import Batch, Objective, Terms
from .base.contest import drawn


class MMD(Objective):
    r"""Reconstruction, with the distribution of all codes held close to the prior, in nats per example.

        loss = E_q[-log p(x | z)] + beta * KL(q(z | x) || p(z)) + weight * MMD^2(q(z), p(z))
        MMD^2 = E k(z, z') + E k(w, w') - 2 E k(z, w),   z, z' ~ q(z),  w, w' ~ p(z)

    The MMD is between the codes of the batch and as many draws from the prior, estimated without bias (no code is
    compared with itself), so that its value may be below 0. An example's share is how much its code and its draw add.

    With beta = 0 it is a Wasserstein autoencoder: the encoder may be a point, and the prior is taken as given: it does
    not learn. The two weights of InfoVAE are alpha = 1 - beta and lambda = weight + beta. Memory is O(B^2 L).

    Reference:
        Tolstikhin et al. (2018), Wasserstein auto-encoders. https://arxiv.org/abs/1711.01558;
        Zhao, Song and Ermon (2019), InfoVAE. https://arxiv.org/abs/1706.02262;
        Gretton et al. (2012), A kernel two-sample test. https://jmlr.org/papers/v13/gretton12a.html

    Arguments:
        kernel: k, from 1 for equal codes to 0 for distant ones.
        weight: Of the MMD^2, which is at most 2, so it must be of the order of the distortion; > 0.
        beta: Weight of the rate, >= 0; at 0 the rate is not computed at all.

    Example:
        >>> MMD(beta=0.0, weight=200.0).spec()["kernel"]["name"]
        'inverse-multiquadric'
    """

    separable = False

    def __init__(self, kernel: Kernel = InverseMultiquadric(), weight: float = 100.0, beta: float = 0.0) -> None:
        super().__init__()
        require(weight > 0, "`weight` must be positive", weight, "Pass weight=100, or --objective elbo for none.")
        require(beta >= 0, "`beta` must be at least 0", beta, "Pass beta=0 for a Wasserstein autoencoder.")
        self.kernel, self.weight, self.beta = kernel, weight, beta

    def players(self, model: Any) -> dict[str, nn.Module]:
        own = nn.ModuleList([model.encoder, model.posterior, model.decoder, model.likelihood])
        return {"model": model if self.beta else own}

    def terms(self, player: str, model: Any, batch: Batch, step: Tensor) -> Terms:
        q = model.encode(batch.x, batch.y)
        if self.beta:
            rule = "`beta` must be 0 where the posterior is a point, which has no rate"
            require(type(q) is not Delta, rule, self.beta, "Pass beta=0, or --posterior gaussian.")
            z, kl = draw_and_rate(q, model.latent(batch.y))
            rate, log = {"rate": self.beta * kl}, {"kl": kl.detach()}
        else:
            z, rate, log = q.rsample(), {}, {}
        p, shares = model.decode(z, batch.y), squared(self.kernel, z, drawn(model, batch))
        return Terms(
            distortion=-p.log_prob(batch.x),
            divergence=self.weight * shares,
            **rate,
            log={"mmd": shares.detach(), **log},
            state=model.statistics(batch.x, q, p),
        )

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(weight=10.0, beta=0.5)


def squared(kernel: Kernel, a: Tensor, b: Tensor) -> Tensor:
    """Shares (n,) whose mean is an unbiased estimate of MMD^2 between the distributions of a and b, (n, *L) each.

    Raises:
        UsageError: If n < 2.
    """
    size = len(a)
    require(size >= 2, "the batch must have at least 2 examples", size, "Pass batch_size=128.")
    within, across = kernel(a, a) + kernel(b, b), kernel(a, b)
    shares: Tensor = (within.sum(1) - within.diagonal()) / (size - 1) - across.mean(0) - across.mean(1)
    return shares
