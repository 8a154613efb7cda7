"""The importance-weighted bound on held-out data, streamed."""

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from ..core.divergence import draw
from ..models.latent import LatentModel
from .base import Measurement, Subject, lower_bound, metric

MOVED = 0.1  # nats that doubling K may move the mean before the bound counts as not converged
HEAVY = 0.7  # k-hat above which the variance of the weights is in doubt
PER_CALL = 12  # draws of one example per decoder call: many examples at once, since each costs a little of its own


@metric(title="How well it predicts new examples (tighter bound)", unit="nats", better="higher")
def iwae(subject: Subject) -> Measurement:
    r"""Mean over test examples of the importance-weighted bound on log p(x), in nats per example; higher is better.

        L_K(x) = log (1/K) sum_k w_k,   w_k = p(x, z_k) / q(z_k | x),   z_k ~ q(z | x)

    It lies between the ELBO and log p(x) and rises with K on average. The sum is streamed, so memory does not
    depend on K. `details` hold the median effective sample size (sum w)^2 / sum w^2, and the median and the
    share above 0.7 of k-hat, the shape of the generalised Pareto tail of the largest min(K/5, 3 sqrt K)
    weights. They inform, they do not condemn: a good model can have k-hat above 0.7 for nearly every example,
    and L_K stays a valid bound. It is flagged as not converged only where K draws give a mean more than 0.1
    nats above the mean with the same draws in two halves. Baseline: as for `elbo`.

    Cost: one encoding and K decodings per test example; one decoding where the code has no chance, because then every
    draw is the same and L_K is the ELBO.

    Failure modes: as for `elbo`; and where the posterior is far narrower than the true one, no K of practical
    size finds the mass.

    Reference:
        Burda, Grosse and Salakhutdinov (2016), Importance weighted autoencoders. https://arxiv.org/abs/1509.00519;
        Vehtari et al. (2024), Pareto smoothed importance sampling. https://arxiv.org/abs/1507.02646
    """
    subject.needs_likelihood()
    samples = 1 if subject.certain else subject.samples
    rows = max(1, subject.rows // min(PER_CALL, samples))

    def f(x: Tensor, y: Tensor | None) -> Tensor:
        return bounds(subject.model, x, samples, y)

    full, halves, ess, k_hat = subject.sweep("iwae", f, rows).unbind(1)
    moved = (full - halves).mean().item()
    flag = f"not converged: doubling the draws still raises it by {moved:.2f} nats" if moved > MOVED else ""
    tails = {} if k_hat.isnan().all() else {"k_hat": k_hat.median().item(), "k_hat_above_0.7": share(k_hat > HEAVY)}
    moves = {} if samples < 2 else {"half_samples": halves.mean().item(), "moved": moved}
    return lower_bound(full, subject, flag, samples=samples, ess=ess.median().item(), **moves, **tails)


def share(true: Tensor) -> float:
    """Share of entries that are true."""
    return true.double().mean().item()


def bounds(model: LatentModel, x: Tensor, samples: int, y: Tensor | None = None) -> Tensor:
    """L_K, the mean of two bounds of K/2 each on the same draws, effective sample size and k-hat, (B, 4)."""
    first, second = Stream(samples), Stream(samples)
    q, prior = model.encode(x, y), model.latent(y)  # once: a prior may have to encode pseudo-inputs
    for stream, total in ((first, samples - samples // 2), (second, samples // 2)):
        for count in chunks(total):
            z, log_q = draw(q, (count,))
            stream.add(model.log_joint(x, z, y, prior) - log_q)
    halves = first.bound if second.count == 0 else (first.bound + second.bound) / 2
    both = first.merge(second)
    return torch.stack([both.bound, halves, both.ess, both.k_hat], 1)


def chunks(total: int) -> Iterator[int]:
    """`total` draws in calls of nearly equal size, at most `PER_CALL` each."""
    calls = math.ceil(total / PER_CALL)
    return (total * (i + 1) // calls - total * i // calls for i in range(calls))


class Stream:
    r"""Running log sum w, log sum w^2 and largest weights, in float64, in memory O(sqrt K) per example.

        m <- max(m, log w),   s <- s exp(m_old - m) + sum exp(log w - m)

    Arguments:
        samples: Number of draws K in all; it sets the length of the tail that is kept.

    Example:
        >>> stream = Stream(4)
        >>> for log_w in torch.tensor([[[-500.0]], [[-501.0]], [[-502.0]], [[-503.0]]]):
        ...     stream.add(log_w)
        >>> round(stream.bound.item(), 4)
        -500.9461
    """

    def __init__(self, samples: int) -> None:
        self.tail = math.ceil(min(samples / 5, 3 * math.sqrt(samples)))
        self.count = 0
        self.log_sum = self.log_squares = torch.empty(0)
        self.large: list[Tensor] = []  # where the tail is, among others: sorting them out at every step takes long

    def add(self, log_w: Tensor) -> None:
        """Take in log w of k more draws, (k, B)."""
        log_w = log_w.cpu().double()
        m = log_w.amax(0).clamp(min=-1e300)  # weights may all be 0
        w = (log_w - m).exp()
        self._take(len(log_w), m + w.sum(0).log(), 2 * m + w.square().sum(0).log(), log_w)

    def merge(self, other: "Stream") -> "Stream":
        """Both streams as one."""
        if other.count:
            self._take(other.count, other.log_sum, other.log_squares, other.largest)
        return self

    @property
    def largest(self) -> Tensor:
        """log of the largest weights, falling, (tail + 1, B): one more than the tail, the cut below it."""
        candidates = torch.cat(self.large)
        return candidates.topk(min(self.tail + 1, len(candidates)), 0).values

    def _take(self, count: int, log_sum: Tensor, log_squares: Tensor, large: Tensor) -> None:
        if self.count:
            log_sum, log_squares = log_sum.logaddexp(self.log_sum), log_squares.logaddexp(self.log_squares)
        self.count, self.log_sum, self.log_squares = self.count + count, log_sum, log_squares
        self.large.append(large)
        if sum(map(len, self.large)) > 8 * (self.tail + 1):
            self.large = [self.largest]

    @property
    def bound(self) -> Tensor:
        """log of the mean weight, (B,)."""
        return self.log_sum - math.log(self.count)

    @property
    def ess(self) -> Tensor:
        """Effective sample size, (B,), in [1, K]."""
        return (2 * self.log_sum - self.log_squares).exp()

    @property
    def k_hat(self) -> Tensor:
        """Shape of the tail, (B,); NaN where fewer than 5 weights form it."""
        if self.tail < 5:
            return torch.full_like(self.log_sum, math.nan)
        largest = self.largest
        weights = (largest - largest[0]).exp().flip(0)
        return pareto_shape((weights[1:] - weights[0]).T)


def pareto_shape(excess: Tensor) -> Tensor:
    r"""Shape k of a generalised Pareto distribution from excesses over the cut, rising, (B, M); (B,).

    Zhang and Stephens' estimate with the weak prior of PSIS: (M k + 10 / 2) / (M + 10). Equal weights have no tail: 0.

    Reference:
        Zhang and Stephens (2009), A new and efficient estimation method for the generalized Pareto distribution.
        https://doi.org/10.1198/tech.2009.08017
    """
    m = excess.shape[1]
    tailless = excess[:, -1] <= 1e-12
    excess = torch.where(tailless[:, None], torch.ones_like(excess), excess).clamp(min=1e-300)
    grid = torch.arange(1, 31 + math.isqrt(m), dtype=excess.dtype) - 0.5
    quartile = excess[:, int(m / 4 + 0.5) - 1, None]
    b = (1 - (len(grid) / grid).sqrt()) / (3 * quartile) + 1 / excess[:, -1:]
    log_likelihood = m * profile(b, excess)
    mean = (log_likelihood.softmax(1) * b).sum(1, keepdim=True)
    k = torch.log1p(-mean * excess).mean(1)
    return ((m * k + 5) / (m + 10)).masked_fill(tailless, 0.0)


def profile(b: Tensor, excess: Tensor) -> Tensor:
    """Profile log-likelihood per excess at b (B, G): log(-b / k) - k - 1 with k(b) = mean log(1 - b x)."""
    k = torch.log1p(-b[:, :, None] * excess[:, None, :]).mean(2)
    return torch.log(-b / k) - k - 1
