"""The evidence lower bound with its rate split into three."""

import math
from typing import Any

import torch
from torch import Tensor
from torch.distributions import Normal

from ..core.divergence import draw
from ..core.errors import require
from ..core.product import Product
from .base import Batch, Objective, Terms


class TotalCorrelation(Objective):
    r"""The negative ELBO with a weight on each of the three parts of the rate, in nats per example.

        log q(z | x) - log p(z) =   log q(z | x) - log q(z)              mutual information of x and z
                                  + log q(z) - log prod_j q(z_j)         total correlation of the axes
                                  + log prod_j q(z_j) - log p(z)         dimension-wise KL

    q(z) = (1/N) sum_n q(z | x_n) is the average posterior over the N training examples. The batch of B stands for them:
    the example that z was drawn for counts 1/N, each of the others (N - 1) / (N (B - 1)). This is stratified sampling,
    averaged over which of the others stands for the rest: its expectation is q(z) exactly, and with the whole data set
    in the batch it is q(z) itself. (With the weights 1/(N B) of weighted sampling, which add up to 1/N, q(z) comes out
    too small by a factor between B and about N.) The logarithm is too low on average, so the mutual information is
    overestimated; it never exceeds log N.

    The three parts add up to log q(z | x) - log p(z) exactly, so with all weights at 1 value and gradient are those of
    `iwae` with one sample; `elbo` has the same mean. A labelled model's q(z) is the average over all labels. Needs a
    factorised Gaussian posterior and O(B^2 L) memory for L axes.

    Reference:
        Chen et al. (2018), Isolating sources of disentanglement in variational autoencoders.
        https://arxiv.org/abs/1802.04942

    Arguments:
        alpha: Weight of the mutual information, >= 0.
        beta: Weight of the total correlation, >= 0.
        gamma: Weight of the dimension-wise KL, >= 0.

    Example:
        >>> TotalCorrelation(beta=4.0).spec()
        {'name': 'total-correlation', 'alpha': 1.0, 'beta': 4.0, 'gamma': 1.0}
    """

    separable = False

    def __init__(self, alpha: float = 1.0, beta: float = 6.0, gamma: float = 1.0) -> None:
        super().__init__()
        for name, weight in (("alpha", alpha), ("beta", beta), ("gamma", gamma)):
            require(weight >= 0, f"`{name}` must be at least 0", weight, f"Pass {name}=1.0 for its share of the ELBO.")
        self.alpha, self.beta, self.gamma = alpha, beta, gamma

    def terms(self, player: str, model: Any, batch: Batch, step: Tensor) -> Terms:
        q = model.encode(batch.x, batch.y)
        factorised = isinstance(q, Product) and isinstance(q.base, Normal)
        rule = "`posterior` must be a factorised Gaussian, whose axes have densities of their own"
        require(factorised, rule, model.posterior.name(), "Pass --posterior gaussian.")
        z, log_q = draw(q)
        log_joint, log_axes = pooled(q, z, batch.total)
        log_prior, p = model.latent(batch.y).log_prob(z), model.decode(z, batch.y)
        return Terms(
            distortion=-p.log_prob(batch.x),
            mutual_information=self.alpha * (log_q - log_joint),
            total_correlation=self.beta * (log_joint - log_axes),
            axes=self.gamma * (log_axes - log_prior),
            log={"kl": (log_q - log_prior).detach()},
            state=model.statistics(batch.x, q, p),
        )

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(alpha=0.0, beta=1.0, gamma=2.0)


def pooled(q: Product, z: Tensor, total: int) -> tuple[Tensor, Tensor]:
    """log q(z_i) and log prod_j q(z_ij), (B,) each, from a batch of posteriors q and their draws z (B, *L).

    Raises:
        UsageError: If the batch has one example, or more than `total`.
    """
    size = len(z)
    require(size >= 2, "the batch must have at least 2 examples", size, "Pass batch_size=128.")
    require(size <= total, f"`total` must be at least the size of the batch, {size}", total, "Pass the data set's.")
    axes = q.base.log_prob(z[:, None]).flatten(2)  # (B, B, L): axis l of z_i under the posterior of x_j
    own, others = -math.log(total), math.log((total - 1) / (total * (size - 1)))
    log_w = others + (own - others) * torch.eye(size, dtype=z.dtype, device=z.device)[..., None]
    joint, apart = (axes.sum(-1, keepdim=True) + log_w).logsumexp(1), (axes + log_w).logsumexp(1)
    return joint.squeeze(-1), apart.sum(-1)
