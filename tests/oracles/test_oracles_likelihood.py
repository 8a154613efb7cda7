"""Likelihoods against exact arithmetic and integrals."""

import math

import pytest
import torch

from jamjae.core import Event
from jamjae.likelihoods import Bernoulli, Gaussian

D = torch.float64
LOGITS = [-800.0, -40.0, -2.0, -1e-9, 0.0, 0.7, 30.0, 800.0]


def exact_log_prob(a: float, x: float) -> float:
    """x a - ln(1 + e^a) without overflow."""
    return x * a - max(a, 0.0) - math.log1p(math.exp(-abs(a)))


@pytest.mark.parametrize("gradient", [True, False])
@pytest.mark.parametrize("x", [0.0, 1.0])
def test_oracle_05_bernoulli_is_exact_for_any_logit(x, gradient):
    likelihood = Bernoulli(Event((1,), levels=2)).double()
    with torch.set_grad_enabled(gradient):
        p = likelihood(torch.tensor(LOGITS, dtype=D)[:, None, None])
        found = p.log_prob(torch.full((len(LOGITS), 1), x, dtype=D))
    expected = torch.tensor([exact_log_prob(a, x) for a in LOGITS], dtype=D)
    assert found.isfinite().all()
    assert torch.allclose(found, expected, atol=1e-12, rtol=1e-14)


@pytest.mark.parametrize("shape", [(784,), (28, 28, 1), (13,), (8, 9), (1,), (300,)])
@pytest.mark.parametrize(("dtype", "tolerance"), [(D, 1e-12), (torch.float32, 2e-6)])
@pytest.mark.parametrize("spread", [0.1, 4.0, 800.0])
def test_oracle_05_few_logarithms_give_the_same_sum(shape, dtype, tolerance, spread):
    torch.manual_seed(5)
    h = spread * torch.randn(6, 300 if spread < 800 else 3, *shape, 1, dtype=D)
    x = (torch.rand(h.shape[1], *shape, dtype=D) < 0.3).to(D)
    x[0] = 0.25  # grey values have no probability, but the formula holds
    a = h.squeeze(-1)
    expected = (x * a - torch.logaddexp(a, torch.zeros_like(a))).flatten(2).sum(-1)
    with torch.no_grad():
        found = Bernoulli(Event(shape, levels=2)).to(dtype)(h.to(dtype)).log_prob(x.to(dtype))
    assert found.dtype == dtype
    assert ((found.double() - expected).abs() <= tolerance * expected.abs().clamp(min=1)).all()


def test_oracle_05_saturated_and_right_is_certain():
    h = torch.tensor([800.0, -800.0]).repeat(392)[None, :, None]
    with torch.no_grad():
        assert Bernoulli(Event((784,), levels=2))(h).log_prob((h[..., 0] > 0).float()).item() == 0.0


@pytest.mark.parametrize("variance", ["fixed", "shared", "dimension", "optimal"])
@pytest.mark.parametrize("sigma", [0.3, 1.0, 4.0])
def test_oracle_06_gaussian_density_integrates_to_one(variance, sigma):
    likelihood = Gaussian(Event((1,)), variance, sigma=sigma).double()
    x = torch.linspace(-40, 40, 80001, dtype=D)[:, None]
    density = likelihood(torch.full((1, 1, 1), 0.4, dtype=D)).log_prob(x).exp().detach()
    assert abs(torch.trapezoid(density, x[:, 0]).item() - 1) < 1e-8


def test_oracle_06_gaussian_constant_and_sum_over_cells():
    """-log p = D ln(2 pi sigma^2) / 2 + sum of squares / (2 sigma^2), added over the cells."""
    likelihood = Gaussian(Event((2, 3)), "fixed", sigma=0.5).double()
    x = torch.arange(6, dtype=D).reshape(1, 2, 3)
    found = likelihood(torch.zeros(1, 2, 3, 1, dtype=D)).log_prob(x).item()
    variance = likelihood.deviation().item() ** 2
    expected = -3 * math.log(2 * math.pi * variance) - 55 / (2 * variance)
    assert abs(found - expected) < 1e-10
    assert abs(variance - 0.25) < 1e-7


def test_oracle_06_optimal_sigma_is_the_root_mean_square_error():
    likelihood = Gaussian(Event((1000,)), "optimal").double()
    torch.manual_seed(6)
    x = 3.0 * torch.randn(20, 1000, dtype=D)
    p = likelihood(torch.zeros(20, 1000, 1, dtype=D))
    for _ in range(400):
        likelihood.update(likelihood.statistics(p, x))
    assert math.isclose(likelihood.deviation().item(), x.square().mean().sqrt().item(), rel_tol=1e-6)
