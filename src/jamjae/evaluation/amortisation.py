"""What it costs that one encoder serves all examples."""

import torch
from torch import Tensor
from torch.distributions import Distribution, Normal

from ..core.divergence import closed_form
from ..core.errors import Undefined
from ..core.product import Product
from ..models.latent import LatentModel
from ..posteriors.gaussian import Gaussian
from .base import Measurement, Subject, metric, over_examples

EXAMPLES, STEPS, RATE = 100, 500, 0.05
PAIRS = 50  # draws, each with its mirror image, by which the two posteriors are compared


@metric(title="What the encoder's guess costs", unit="nats", full=True, better="lower")
def amortisation(subject: Subject) -> Measurement:
    r"""What the ELBO gains when the posterior of each example is optimised on its own, in nats per example.

        gap = max over mu, sigma of L(N(mu, diag sigma^2)) - L(q(z | x)),   L(q) = E_q log p(x | z) - KL(q || p)

    The first 100 test examples; Adam from the encoder's answer, 500 steps (as many as `samples`, if that is less) whose
    rate falls from 0.05 to 0. Both ELBOs are estimated with the same 100 draws. Interval: over examples, of the
    difference within each. With the annealed bound it splits log p(x) - ELBO: what is left after this gap is the price
    of the posterior's form.

    Cost: 1,000 decodings with their gradients and 200 without for each of 100 examples.

    Failure modes: Adam may stop at a local optimum, so the gap is at least this large on average. Only for the diagonal
    Gaussian posterior.

    Reference:
        Cremer, Li and Duvenaud (2018), Inference suboptimality in variational autoencoders.
        https://arxiv.org/abs/1801.03558
    """
    subject.needs_likelihood()
    if subject.model.posterior is None:
        raise Undefined("this model only generates: it has no posterior")
    if not isinstance(subject.model.posterior, Gaussian):
        raise Undefined("only a diagonal Gaussian posterior is optimised example by example")
    x, y = subject.x[:EXAMPLES], None if subject.y is None else subject.y[:EXAMPLES]
    steps = min(STEPS, subject.samples)
    parts = [gains(subject.model, *part, steps) for part in subject.batches(x, y, max(1, subject.rows // 2))]
    before, after = torch.cat(parts).unbind(1)
    details = {"elbo": before.mean().item(), "elbo_optimised": after.mean().item(), "steps": steps}
    return over_examples(after - before, details=details)


def gains(model: LatentModel, x: Tensor, y: Tensor | None, steps: int) -> Tensor:
    """The ELBO of examples x (B, *E) under the encoder's posterior and under one optimised for each, (B, 2)."""
    q, prior = model.encode(x, y), model.latent(y)
    assert isinstance(q, Product)
    start = (q.base.mean, 2 * q.base.stddev.log())
    found = optimised(model, x, y, prior, start, steps)
    total = torch.zeros(len(x), 2, dtype=torch.float64)
    for _ in range(PAIRS):
        noise = mirrored(start[0])
        total += torch.stack([elbo(model, x, y, prior, *at, noise) for at in (start, found)], 1).cpu().double()
    return total / PAIRS


def optimised(
    model: LatentModel, x: Tensor, y: Tensor | None, prior: Distribution, start: tuple[Tensor, Tensor], steps: int
) -> tuple[Tensor, Tensor]:
    """Mean and ln sigma^2 of the best posterior of every example, (B, *L) each."""
    at = [v.clone().requires_grad_() for v in start]
    optimiser = torch.optim.Adam(at, lr=RATE)
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = RATE * (1 - step / steps)
        with torch.enable_grad():
            loss = -elbo(model, x, y, prior, at[0], at[1], mirrored(at[0])).sum()
        # Only these two get a gradient: the model's own stays as it was.
        for v, gradient in zip(at, torch.autograd.grad(loss, at), strict=True):
            v.grad = gradient
        optimiser.step()
    return at[0].detach(), at[1].detach()


def mirrored(z: Tensor) -> Tensor:
    """Standard normal noise and its mirror image, (2, B, *L): together they have no error of the first order."""
    noise = torch.randn_like(z)
    return torch.stack([noise, -noise])


def elbo(
    model: LatentModel, x: Tensor, y: Tensor | None, prior: Distribution, mean: Tensor, log_var: Tensor, noise: Tensor
) -> Tensor:
    """The ELBO of examples x under N(mean, exp(log_var)), (B,), by the draws that noise (S, B, *L) gives."""
    scale = (log_var / 2).exp()
    q, z = Product(Normal(mean, scale, validate_args=False), mean.ndim - 1), mean + scale * noise
    exact = closed_form(q, prior)
    kl = (q.log_prob(z) - prior.log_prob(z)).mean(0) if exact is None else exact
    return model.decode(z, y).log_prob(x).mean(0) - kl
