"""The tilted uniform density behind the continuous Bernoulli, where formulas in probabilities lose their digits."""

import math

import pytest
import torch

from jamjae.likelihoods.continuous_bernoulli import Tilted, eta_of

ETAS = [-1e4, -60.0, -5.0, -0.1001, -0.0999, -1e-3, -9e-5, -1e-9, 0.0, 1e-9, 2e-4, 0.05, 0.11, 3.0, 40.0, 1e4]


def exact(eta: float, x: float) -> float:
    """log p by the series of 60 digits' worth of terms, or by the definition where nothing cancels."""
    if abs(eta) > 1:
        return eta * x - max(eta, 0.0) - math.log(-math.expm1(-abs(eta)) / abs(eta))
    return eta * x - math.log(math.fsum(eta**n / math.factorial(n + 1) for n in range(25)))


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-6), (torch.float64, 1e-13)])
@pytest.mark.parametrize("x", [0.0, 0.3, 1.0])
def test_density_keeps_its_digits_near_one_half_and_far_out(x, dtype, tolerance):
    found = Tilted(torch.tensor(ETAS, dtype=dtype)).log_prob(torch.tensor(x, dtype=dtype)).double()
    expected = torch.tensor([exact(torch.tensor(e, dtype=dtype).item(), x) for e in ETAS], dtype=torch.float64)
    assert ((found - expected).abs() / (1 + expected.abs())).max() < tolerance * (10 if x == 0.3 else 1)


def test_mean_and_variance_are_derivatives_of_the_normaliser():
    eta = torch.tensor([e for e in ETAS if abs(e) < 100], dtype=torch.float64, requires_grad=True)
    normaliser = -Tilted(eta).log_prob(torch.zeros((), dtype=torch.float64))
    (mean,) = torch.autograd.grad(normaliser.sum(), eta, create_graph=True)
    (variance,) = torch.autograd.grad(mean.sum(), eta)
    torch.testing.assert_close(Tilted(eta).mean, mean, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(Tilted(eta).variance, variance, rtol=1e-6, atol=1e-8)


def test_the_inverse_distribution_function_is_one():
    eta = torch.tensor([e for e in ETAS if abs(e) < 10], dtype=torch.float64)[:, None]
    u = torch.linspace(0, 1, 21, dtype=torch.float64)
    p = Tilted(eta.expand(-1, 21))
    torch.testing.assert_close(p.cdf(p.icdf(u)), u.expand(len(eta), -1), rtol=0, atol=1e-8)


def test_the_logit_of_a_mean_is_found():
    mean = torch.linspace(0.01, 0.99, 99)
    torch.testing.assert_close(Tilted(eta_of(mean)).mean, mean, rtol=0, atol=1e-6)


def test_entropy_is_that_of_the_density():
    p = Tilted(torch.tensor([-4.0, 0.0, 2.0], dtype=torch.float64))
    torch.manual_seed(0)
    x = p.rsample((200_000,))
    assert (p.entropy() + p.log_prob(x).mean(0)).abs().max() < 0.01 and p.entropy()[1] == 0
