"""KL divergences against quadrature, Monte Carlo and linear algebra.

Statistical tests: fixed seeds, |z| < 4, so a false alarm has probability 6e-5.
"""

import math

import numpy as np
import pytest
import torch
from exact import z_score
from torch.distributions import Bernoulli, Categorical, Laplace, MultivariateNormal, Normal

from jamjae.core import Product, closed_form, draw, rate
from jamjae.core.divergence import KL, cells
from jamjae.priors import Mixture

D = torch.float64


def n(loc, scale):
    return Normal(torch.tensor(loc, dtype=D), torch.tensor(scale, dtype=D))


PAIRS = [
    (n([0.3, -1.0], [0.5, 2.0]), n([0.0, 0.4], [1.0, 0.7])),
    (n([3.0], [0.1]), n([0.0], [1.0])),
    (n([-0.5], [1.5]), n([0.5], [1.2])),
]
OTHERS = [
    (Bernoulli(logits=torch.tensor([2.0, -0.3], dtype=D)), Bernoulli(logits=torch.tensor([-1.0, 0.5], dtype=D))),
    (
        Categorical(logits=torch.tensor([[2.0, -0.3, 0.1]], dtype=D)),
        Categorical(logits=torch.tensor([[-1.0, 0.5, 0.0]], dtype=D)),
    ),
    (
        Laplace(torch.tensor([0.5, -1.0], dtype=D), torch.tensor([0.4, 2.0], dtype=D)),
        Laplace(torch.tensor([0.0, 1.0], dtype=D), torch.tensor([1.0, 1.5], dtype=D)),
    ),
]


@pytest.mark.parametrize(("q", "p"), PAIRS, ids=str)
def test_oracle_01_normal_kl_is_its_quadrature(q, p):
    u = torch.linspace(-12, 12, 20001, dtype=D)[:, None]
    z = q.loc + q.scale * u
    integrand = q.log_prob(z).exp() * (q.log_prob(z) - p.log_prob(z))
    expected = torch.trapezoid(integrand, dx=(u[1] - u[0]).item(), dim=0) * q.scale
    assert torch.allclose(cells(Product(q, 1), Product(p, 1)), expected, atol=1e-10, rtol=0)


@pytest.mark.parametrize(("q", "p"), PAIRS + OTHERS, ids=str)
def test_oracle_02_closed_forms_are_their_monte_carlo_mean(q, p):
    torch.manual_seed(2)
    q, p = Product(q, 1), Product(p, 1)
    z, log_q = draw(q, (1_000_000,))
    assert abs(z_score(log_q - p.log_prob(z), closed_form(q, p))) < 4


@pytest.mark.parametrize(("q", "p"), PAIRS + OTHERS, ids=str)
def test_oracle_03_kl_is_zero_for_equal_and_positive_for_different(q, p):
    assert closed_form(Product(q, 1), Product(q, 1)).abs() < 1e-12
    assert closed_form(Product(q, 1), Product(p, 1)) > 0.01


def full_covariance(seed, width=4):
    random = torch.Generator().manual_seed(seed)
    a = torch.randn(3, width, width, generator=random, dtype=D)
    loc = torch.randn(3, width, generator=random, dtype=D)
    return MultivariateNormal(loc, a @ a.mT + 0.3 * torch.eye(width, dtype=D))


def by_logdet(q, p_loc, p_covariance):
    """tr(P^-1 Q) + (m_p - m_q)^T P^-1 (m_p - m_q) - k + ln det P - ln det Q, halved, by NumPy."""
    found = []
    for i in range(len(q.loc)):
        cov_q, cov_p = q.covariance_matrix[i].numpy(), p_covariance[i].numpy()
        shift = (p_loc[i] - q.loc[i]).numpy()
        inverse = np.linalg.inv(cov_p)
        logdets = np.linalg.slogdet(cov_p)[1] - np.linalg.slogdet(cov_q)[1]
        found.append(0.5 * (np.trace(inverse @ cov_q) + shift @ inverse @ shift - len(shift) + logdets))
    return torch.tensor(found, dtype=D)


def test_oracle_04_full_covariance_kl_is_the_logdet_formula():
    q, p = full_covariance(0), full_covariance(1)
    assert torch.allclose(closed_form(q, p), by_logdet(q, p.loc, p.covariance_matrix), atol=1e-10, rtol=0)


def test_oracle_04_full_covariance_kl_against_a_diagonal_prior():
    q, p = full_covariance(2), Normal(torch.full((3, 4), 0.2, dtype=D), torch.full((3, 4), 1.3, dtype=D))
    expected = by_logdet(q, p.loc, torch.diag_embed(p.scale.square()))
    assert torch.allclose(closed_form(q, Product(p, 1)), expected, atol=1e-10, rtol=0)


def test_oracle_22_mixture_prior_kl_by_quadrature_is_its_monte_carlo_mean():
    torch.manual_seed(22)
    prior = Mixture((1,), means=((-2.0,), (1.0,)), scales=(0.5, 0.8)).double()().expand(())
    q = Product(n([0.3], [0.6]), 1)
    z = torch.linspace(-8, 8, 40001, dtype=D)[:, None]
    log_q = q.log_prob(z)
    expected = torch.trapezoid(log_q.exp() * (log_q - prior.log_prob(z)), z[:, 0])
    drawn, log_q = draw(q, (400_000,))
    assert (type(q), type(prior)) not in KL
    assert abs(z_score(rate(q, prior, drawn, log_q).detach(), expected.detach())) < 4


def test_oracle_22_mixture_prior_integrates_to_one_and_its_draws_follow_it():
    torch.manual_seed(23)
    prior = Mixture((1,), means=((-2.0,), (1.0,)), scales=(0.5, 0.8)).double()()
    z = torch.linspace(-10, 10, 40001, dtype=D)[:, None]
    density = prior.log_prob(z).exp().detach()
    assert abs(torch.trapezoid(density, z[:, 0]).item() - 1) < 1e-8
    mean = torch.trapezoid(density * z[:, 0], z[:, 0])
    assert abs(z_score(prior.sample((100_000,))[:, 0], mean)) < 4
    assert math.isclose(mean.item(), -0.5, abs_tol=1e-6)
    square = torch.trapezoid(density * z[:, 0].square(), z[:, 0]).item()
    assert math.isclose(square, (2.0**2 + 0.5**2 + 1.0**2 + 0.8**2) / 2, abs_tol=1e-6)
