"""Gradients against finite differences, the score function and closed forms."""

import pytest
import torch
from exact import z_score
from torch.distributions import Normal

from jamjae.core import Product, build, draw, members
from jamjae.likelihoods import Likelihood
from jamjae.networks import Network
from jamjae.posteriors import Posterior

D = torch.float64


def posterior(mu, log_variance):
    return build(Posterior, "gaussian", latent=(1,))(torch.stack([mu, log_variance], -1)[..., None, :])


def value(mu, log_variance, draws=1000):
    torch.manual_seed(17)
    z = posterior(mu, log_variance).rsample((draws,))
    return torch.sin(z).mul(z).mean()


def test_oracle_17_reparametrised_gradient_is_the_finite_difference_under_common_noise():
    at = torch.tensor([0.4, -0.8], dtype=D, requires_grad=True)
    value(*at).backward()
    h = 1e-5
    for i in range(2):
        shift = torch.zeros(2, dtype=D)
        shift[i] = h
        with torch.no_grad():
            slope = (value(*(at + shift)) - value(*(at - shift))) / (2 * h)
        assert abs(at.grad[i] - slope) < 1e-6


def test_oracle_17_reparametrised_gradient_of_a_square_is_exact_on_average():
    """d E[z^2] / d mu = 2 mu and d E[z^2] / d ln sigma^2 = sigma^2."""
    torch.manual_seed(171)
    mu = torch.full((1_000_000,), 0.4, dtype=D, requires_grad=True)
    log_variance = torch.full((1_000_000,), -0.8, dtype=D, requires_grad=True)
    posterior(mu, log_variance).rsample().square().sum().backward()
    assert abs(z_score(mu.grad, 0.8)) < 4
    assert abs(z_score(log_variance.grad, torch.tensor(-0.8, dtype=D).exp())) < 4
    assert mu.grad.std() > 1, "a mean instead of a draw has no spread"


def test_oracle_17_reparametrised_gradient_agrees_with_the_score_function():
    torch.manual_seed(172)
    mu = torch.full((1_000_000,), 0.4, dtype=D, requires_grad=True)
    q = posterior(mu, torch.full((1_000_000,), -0.8, dtype=D))
    z, _ = draw(q)
    path = torch.autograd.grad(z.mul(z.sin()).sum(), mu, retain_graph=True)[0]
    score = torch.autograd.grad(q.log_prob(z.detach()).sum(), mu)[0] * z.mul(z.sin())[:, 0].detach()
    assert abs(z_score(path - score, 0.0)) < 4


def test_oracle_17_draws_follow_their_own_density():
    torch.manual_seed(173)
    q = Product(Normal(torch.tensor([0.5, -1.0], dtype=D), torch.tensor([0.3, 2.0], dtype=D)), 1)
    z, log_q = draw(q, (100_000,))
    u = q.base.cdf(z)
    for axis in u.T:
        assert abs(z_score(axis, 0.5)) < 4
        assert abs(z_score((axis - 0.5).square(), 1 / 12)) < 4
    assert torch.allclose(log_q, q.base.log_prob(z).sum(-1), atol=1e-12)


def networks():
    """Those that read numbers; between categories there is no gradient."""
    for name, cls in members(Network).items():
        if cls.causal:
            continue
        for i, network in enumerate(cls.examples()):
            yield pytest.param(network, id=f"{name}-{i}")


@pytest.mark.parametrize("network", list(networks()))
def test_oracle_18_network_gradients_are_finite_differences(network):
    torch.manual_seed(18)
    network = network.double().eval()
    x = torch.randn(2, *network.inputs, dtype=D, requires_grad=True)
    context = torch.randn(2, network.context, dtype=D) if network.context else None
    assert torch.autograd.gradcheck(lambda v: network(v, context), (x,), eps=1e-6, atol=1e-6)
    parameters = tuple(p for p in network.parameters() if p.requires_grad)

    def weighed(*values):
        names = [n for n, p in network.named_parameters() if p.requires_grad]
        out = torch.func.functional_call(network, dict(zip(names, values, strict=True)), (x.detach(), context))
        return out.sin().sum()

    assert torch.autograd.gradcheck(weighed, parameters, eps=1e-6, atol=1e-5, fast_mode=True)


def likelihoods():
    """Those that have a density."""
    for name, cls in members(Likelihood).items():
        if name == "point":
            continue
        for i, likelihood in enumerate(cls.examples()):
            yield pytest.param(likelihood, id=f"{name}-{i}")


@pytest.mark.parametrize("likelihood", list(likelihoods()))
def test_oracle_18_likelihood_gradients_are_finite_differences(likelihood):
    torch.manual_seed(181)
    likelihood = likelihood.double().eval()
    h = torch.randn(3, *likelihood.features, dtype=D, requires_grad=True)
    with torch.no_grad():
        x = likelihood(h).sample()
    assert torch.autograd.gradcheck(lambda v: likelihood(v).log_prob(x), (h,), eps=1e-6, atol=1e-6)
