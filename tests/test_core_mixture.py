"""The mixture distribution: the matrix product agrees with the sum over components, gradients included."""

import pytest
import torch
from torch.distributions import Categorical, MixtureSameFamily, Normal

from jamjae.core import Product, isolated
from jamjae.core.mixture import Mixture

D = torch.float64


def components(count=7, event=(3,), scale=1.0, dtype=torch.float32):
    random = torch.Generator().manual_seed(0)
    loc = 3 * torch.randn(count, *event, generator=random, dtype=D)
    spread = scale * (0.5 + torch.rand(count, *event, generator=random, dtype=D))
    logits = torch.randn(count, generator=random, dtype=D)
    return [t.to(dtype).requires_grad_() for t in (logits, loc, spread)]


def mixture(kind, logits, loc, spread):
    parts = Product(Normal(loc, spread, validate_args=False), loc.ndim - 1)
    return kind(Categorical(logits=logits, validate_args=False), parts, validate_args=False)


@pytest.mark.parametrize("event", [(1,), (3,), (2, 3)], ids=str)
@pytest.mark.parametrize("scale", [1.0, 1e-3])
def test_density_and_gradients_are_those_of_torch_in_double_precision(event, scale):
    ours, theirs = components(5, event, scale), components(5, event, scale)
    with torch.no_grad():
        near = ours[1][torch.arange(20) % 5] + scale * torch.randn(4, 20, *event)
    z, same = near.clone().requires_grad_(), near.clone().double().requires_grad_()
    log_p = mixture(Mixture, *ours).log_prob(z)
    expected = mixture(MixtureSameFamily, *(t.double() for t in theirs)).log_prob(same)
    assert log_p.shape == (4, 20) and log_p.dtype == torch.float32
    torch.testing.assert_close(log_p.double(), expected, rtol=1e-5, atol=1e-4)
    log_p.sum().backward(), expected.sum().backward()
    for one, other in zip((z, *ours), (same, *theirs), strict=True):
        torch.testing.assert_close(one.grad.double(), other.grad.double(), rtol=1e-3, atol=1e-3 / scale)


def test_draws_are_those_of_the_components():
    p = mixture(Mixture, *components(dtype=D))
    with isolated("mixture"):
        z = p.sample((200_000,))
    share = p.mixture_distribution.probs.detach()
    loc, spread = (t.detach() for t in (p.component_distribution.base.loc, p.component_distribution.base.scale))
    mean = (share[:, None] * loc).sum(0)
    variance = (share[:, None] * (spread.square() + loc.square())).sum(0) - mean.square()
    assert ((z.mean(0) - mean) / (variance / len(z)).sqrt()).abs().max() < 4
    torch.testing.assert_close(z.var(0), variance, rtol=0.02, atol=0)
    torch.testing.assert_close(p.mean.detach(), mean)


def test_other_components_and_batches_are_left_to_torch():
    logits, loc, _ = components()
    bits = Product(torch.distributions.Bernoulli(logits=loc, validate_args=False), 1)
    p = Mixture(Categorical(logits=logits, validate_args=False), bits, validate_args=False)
    assert p.gaussians is None and p.sample((5,)).shape == (5, 3) and (p.log_prob(torch.ones(5, 3)) < 0).all()
    wide = mixture(Mixture, *components()).expand((4,))
    assert wide.gaussians is None and wide.sample((2,)).shape == (2, 4, 3)
