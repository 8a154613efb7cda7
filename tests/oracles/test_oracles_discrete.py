"""Models whose every code, or whose evidence, can be written down: bits, and a Bernoulli under a Beta prior."""

import math
from itertools import product

import pytest
import torch
from numpy.polynomial.legendre import leggauss
from scipy.special import betaln
from torch.distributions import Beta

from jamjae.core import Event, closed_form, isolated
from jamjae.core.bits import Bits
from jamjae.evaluation.iwae import Stream, bounds
from jamjae.likelihoods import Bernoulli
from jamjae.models import LatentModel
from jamjae.networks import MLP
from jamjae.posteriors import Bernoulli as Posterior
from jamjae.priors import Bernoulli as Prior

D = torch.float64


@pytest.fixture(scope="module")
def four_bits():
    """A VAE with a code of four bits, examples, and log p(x, z) and log q(z | x) of all sixteen codes."""
    event = Event((5,), levels=2)
    with isolated("bits"):
        likelihood, posterior = Bernoulli(event), Posterior((4,))
        networks = MLP((4,), likelihood.features, widths=(6,)), MLP(event.shape, posterior.features, widths=(6,))
        model = LatentModel(Prior((4,)), networks[0], likelihood, networks[1], posterior).double().eval()
        x = (torch.rand(7, 5, dtype=D) < 0.5).to(D)
    codes = torch.tensor(list(product((0.0, 1.0), repeat=4)), dtype=D)
    with torch.no_grad():
        for p in model.parameters():
            p.mul_(2.0)
        q, prior = model.encode(x), model.latent()
        z = codes[:, None].expand(16, 7, 4)
        return model, x, model.log_joint(x, z, None, prior), q.log_prob(z)


def test_oracle_19_the_elbo_of_bits_is_its_sum_over_all_codes(four_bits):
    model, x, log_joint, log_q = four_bits
    assert torch.allclose(log_q.exp().sum(0), torch.ones(7, dtype=D), atol=1e-12)
    with torch.no_grad():
        q, prior = model.encode(x), model.latent()
        log_p = prior.log_prob(torch.tensor(list(product((0.0, 1.0), repeat=4)), dtype=D))[:, None]
    elbo = (log_q.exp() * (log_joint - log_q)).sum(0)
    distortion = -(log_q.exp() * (log_joint - log_p)).sum(0)
    assert torch.allclose(-distortion - closed_form(q, prior), elbo, atol=1e-12, rtol=0)
    assert (elbo < log_joint.logsumexp(0)).all()


def test_oracle_19_many_draws_of_bits_reach_the_evidence(four_bits):
    model, x, log_joint, log_q = four_bits
    with isolated("draws"), torch.no_grad():
        found = bounds(model, x, 20_000)[:, 0]
    evidence = log_joint.logsumexp(0)
    variance = ((2 * log_joint - log_q).logsumexp(0) - 2 * evidence).exp() - 1  # of a weight in units of the evidence
    assert ((found - evidence).abs() < 4 * (variance / 20_000).sqrt() + variance / 20_000).all()


def test_oracle_19_relaxed_bits_become_bits_as_they_cool():
    logits = torch.linspace(-3, 3, 7, dtype=D)
    found = []
    for temperature in (1.0, 0.1, 0.01):
        with isolated("cool"):
            z = Bits(logits, temperature).rsample((20_000,))
        with isolated("cool"):
            bits = Bits(logits).rsample((20_000,))
        found.append((z - bits).abs().mean().item())
    assert found[0] > 0.1 and found[2] < 0.01 and found == sorted(found, reverse=True)


@pytest.mark.parametrize("ones", [0, 3, 8])
def test_oracle_20_a_bernoulli_under_a_beta_prior_has_its_exact_evidence(ones):
    n, a, b = 8, 2.0, 3.0
    event = Event((n,), levels=2)
    x = (torch.arange(n) < ones).to(D)[None]
    exact = float(betaln(a + ones, b + n - ones) - betaln(a, b))
    nodes, weights = (torch.from_numpy(v) for v in leggauss(40))
    share = (nodes + 1) / 2
    with torch.no_grad():
        p = Bernoulli(event).double()(share.logit()[:, None, None].expand(40, n, 1))
        log_likelihood = p.log_prob(x)
    prior = Beta(torch.tensor(a, dtype=D), torch.tensor(b, dtype=D))
    found = (log_likelihood + prior.log_prob(share) + (weights / 2).log()).logsumexp(0).item()
    assert found == pytest.approx(exact, abs=1e-10)
    stream = Stream(40_000)  # draws from the prior: their mean weight is the evidence
    with isolated("beta", ones):
        share = prior.sample((40_000,))
    log_w = ones * share.log() + (n - ones) * torch.log1p(-share)
    stream.add(log_w[:, None])
    error = log_w.exp().std().item() / math.sqrt(40_000) / math.exp(exact)
    assert abs(math.expm1(stream.bound.item() - exact)) < 4 * error
