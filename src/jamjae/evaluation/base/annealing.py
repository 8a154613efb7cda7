r"""Annealed importance sampling: from the prior to the posterior in steps, by Hamiltonian Monte Carlo.

    f_t(z) = p(z) p(x | z)^{b_t},   0 = b_0 < ... < b_T = 1
    w = prod_t p(x | z_{t-1})^{b_t - b_{t-1}},   z_0 ~ p(z), z_t from a move that leaves f_t unchanged

The mean of w is p(x), so log of a mean of weights is on average a lower bound on log p(x). From an exact draw of the
posterior, which only data made by the model itself have, the same moves in the opposite order give weights whose mean
is 1 / p(x), hence an upper bound.

Reference:
    Neal (2001), Annealed importance sampling. https://arxiv.org/abs/physics/9803008;
    Grosse, Ghahramani and Adams (2015), Sandwiching the marginal likelihood using bidirectional Monte Carlo.
    https://arxiv.org/abs/1511.02543
"""

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.distributions import Distribution

from ...models.latent import LatentModel

LEAPS = 3  # gradients per move
GOAL = 0.65  # acceptance at which moves travel farthest per gradient
LEARNING = 0.3  # how fast the logarithm of the step follows the acceptance
BEND = 4.0  # how much denser temperatures lie at both ends than in the middle


@dataclass
class Point:
    """Codes z (C, B, *L) with log p(z), log p(x | z), (C, B) each, and their gradients."""

    z: Tensor
    prior: Tensor
    likelihood: Tensor
    of_prior: Tensor
    of_likelihood: Tensor

    def log_f(self, b: float) -> Tensor:
        """log f at inverse temperature b, (C, B)."""
        return self.prior + b * self.likelihood

    def slope(self, b: float) -> Tensor:
        """Gradient of log f, (C, B, *L)."""
        return self.of_prior + b * self.of_likelihood

    def where(self, taken: Tensor, other: "Point") -> "Point":
        """`other` where `taken` (C, B), this point elsewhere."""
        wide = spread(taken, self.z)
        return Point(
            torch.where(wide, other.z, self.z),
            torch.where(taken, other.prior, self.prior),
            torch.where(taken, other.likelihood, self.likelihood),
            torch.where(wide, other.of_prior, self.of_prior),
            torch.where(wide, other.of_likelihood, self.of_likelihood),
        )


def spread(v: Tensor, z: Tensor) -> Tensor:
    """v (*s, B) with axes of length 1 to go with codes z (*s, B, *L)."""
    return v.reshape(*v.shape, *(1 for _ in range(z.ndim - 2)))


@dataclass
class Annealing:
    """Chains for examples x (B, *E) of one model.

    Arguments:
        model: In evaluation mode.
        x: The examples.
        y: Their labels.
        width: Standard deviation of the posterior as the encoder has it, (B, *L): only the size of the steps depends
            on it.
        temperatures: T, >= 1.
    """

    model: LatentModel
    x: Tensor
    y: Tensor | None
    width: Tensor
    temperatures: int
    prior: Distribution = field(init=False)
    of_prior: Tensor = field(init=False)  # precision of the prior, (*L) or (B, *L)

    def __post_init__(self) -> None:
        self.prior = self.model.latent(self.y)
        shape = (256,) if self.prior.batch_shape else (256, 1)
        self.of_prior = self.prior.sample(torch.Size(shape)).std(0).clamp(min=1e-3).square().reciprocal()

    def start(self, chains: int) -> Tensor:
        """z ~ p(z), (chains, B, *L)."""
        shape = (chains,) if self.prior.batch_shape else (chains, len(self.x))
        return self.prior.sample(torch.Size(shape))

    def at(self, z: Tensor) -> Point:
        """The point z with its densities and gradients; nothing else gets a gradient."""
        with torch.enable_grad():
            z = z.detach().requires_grad_()
            prior, likelihood = self.prior.log_prob(z), self.model.decode(z, self.y).log_prob(self.x)
            of_prior, of_likelihood = (torch.autograd.grad(v.sum(), z)[0] for v in (prior, likelihood))
        return Point(z.detach(), prior.detach(), likelihood.detach(), of_prior, of_likelihood)

    def scale(self, b: float) -> Tensor:
        """Standard deviation of f along the axes, (B, *L), if the encoder is right: what steps are measured in."""
        return (self.of_prior + b * (self.width.square().reciprocal() - self.of_prior).clamp(min=0.0)).rsqrt()

    def move(self, now: Point, b: float, step: Tensor) -> tuple[Point, Tensor]:
        """One move of Hamiltonian Monte Carlo with steps (B,), and the probability that it was taken, (C, B)."""
        stretch = spread((step * (0.8 + 0.4 * torch.rand_like(step)))[None], now.z)  # never in time with a period
        reach = stretch * self.scale(b)
        start = torch.randn_like(now.z)
        to, v = now, start + 0.5 * reach * now.slope(b)
        for i in range(LEAPS):
            to = self.at(to.z + reach * v)
            v = v + (0.5 if i == LEAPS - 1 else 1.0) * reach * to.slope(b)
        energy = 0.5 * (v.square() - start.square()).flatten(2).sum(2)
        chance = (to.log_f(b) - now.log_f(b) - energy).exp().nan_to_num(0.0).clamp(max=1.0)
        return now.where(torch.rand_like(chance) < chance, to), chance

    def weights(self, z: Tensor, steps: Tensor, backwards: bool = False) -> tuple[Tensor, float]:
        """Sum of (b_t - b_{t-1}) log p(x | z) along chains from z, (C, B), and the share of moves that were taken.

        Forwards from the prior, or backwards from the posterior; `steps` (T + 1, B) are fixed beforehand, because steps
        that follow their own chain would bias its weights.
        """
        levels = ladder(self.temperatures)
        levels, steps = (levels[::-1], steps.flip(0)) if backwards else (levels, steps)
        now, log_w, taken = self.at(z), torch.zeros(z.shape[:2], dtype=torch.float64), 0.0
        for before, b, step in zip(levels, levels[1:], steps[1:], strict=False):
            log_w += abs(b - before) * now.likelihood.cpu().double()
            if 0 < b < 1:
                now, chance = self.move(now, b, step)
                taken += chance.mean().item()
        return log_w, taken / max(1, self.temperatures - 1)

    def tuned(self, chains: int, temperatures: int) -> Tensor:
        """Steps for every temperature, (T + 1, B), from chains of their own that are shorter and thrown away."""
        log_step = torch.full((len(self.x),), math.log(0.5)).to(self.x.device)
        now, found = self.at(self.start(chains)), []
        for b in ladder(temperatures):
            now, chance = self.move(now, b, log_step.exp().to(now.z))
            found.append(log_step)
            log_step = log_step + LEARNING * (chance.mean(0).to(log_step) - GOAL)
        rows = torch.linspace(0, len(found) - 1, self.temperatures + 1).round().long()
        return smooth(torch.stack(found))[rows].exp().to(now.z)


def smooth(v: Tensor) -> Tensor:
    """Mean over the neighbouring tenth of the rows, (T, B)."""
    half = len(v) // 20
    padded = torch.cat([v[:1].expand(half, -1), v, v[-1:].expand(half, -1)])
    return padded.unfold(0, 2 * half + 1, 1).mean(-1)


def ladder(temperatures: int) -> list[float]:
    """b_0 = 0 < ... < b_T = 1, closest to each other at both ends."""
    s = torch.sigmoid(BEND * torch.linspace(-1, 1, temperatures + 1, dtype=torch.float64))
    levels: list[float] = ((s - s[0]) / (s[-1] - s[0])).tolist()
    return levels


def log_mean(log_w: Tensor) -> Tensor:
    """log of the mean weight over chains (C, B), (B,)."""
    return log_w.logsumexp(0) - math.log(len(log_w))
