"""The deviation of the Gaussian and Laplace likelihoods: fixed, learned, or in closed form, never below the floor."""

import math

import pytest
import torch

from jamjae.core import Event
from jamjae.likelihoods import Gaussian, Laplace

BOTH = pytest.mark.parametrize("kind", [Gaussian, Laplace])


def errors(kind, n=4000):
    """Residuals whose maximum-likelihood sigma is known, and that sigma."""
    torch.manual_seed(0)
    e = 0.3 * torch.randn(n, 2)
    best = e.square().mean().sqrt() if kind is Gaussian else math.sqrt(2) * e.abs().mean()
    return e, best


def mean_log_p(likelihood, e):
    return likelihood(torch.zeros(*e.shape, 1)).log_prob(e).mean()


@BOTH
def test_optimal_converges_to_the_analytic_sigma_from_both_sides(kind):
    e, best = errors(kind)
    for start in (0.01, 30.0):
        likelihood = kind(Event((2,)), "optimal", sigma=start)
        for _ in range(400):
            p = likelihood(torch.zeros(len(e), 2, 1))
            likelihood.update(likelihood.statistics(p, e))
        torch.testing.assert_close(likelihood.deviation(), best, rtol=1e-3, atol=0)


@BOTH
def test_the_analytic_sigma_is_the_most_likely_one(kind):
    e, best = errors(kind)
    values = [mean_log_p(kind(Event((2,)), "fixed", sigma=float(best) * f), e) for f in (0.98, 1.0, 1.02)]
    assert values[1] > values[0] and values[1] > values[2]


@BOTH
def test_shared_sigma_learns_the_same_by_gradient(kind):
    e, best = errors(kind)
    likelihood = kind(Event((2,)), "shared", sigma=1.0)
    optimiser = torch.optim.LBFGS(likelihood.parameters(), max_iter=50)

    def closure():
        optimiser.zero_grad()
        loss = -mean_log_p(likelihood, e)
        loss.backward()
        return loss

    optimiser.step(closure)
    torch.testing.assert_close(likelihood.deviation().detach(), best, rtol=1e-3, atol=0)


@BOTH
def test_dimension_sigma_is_one_per_cell(kind):
    torch.manual_seed(0)
    x = torch.randn(500, 3, 2) * torch.tensor([0.1, 10.0]) + 5
    likelihood = kind(Event((3, 2)), "dimension")
    likelihood.initialise(x)
    sigma = likelihood.deviation()
    assert sigma.shape == (3, 2) and (sigma[:, 0] < 0.2).all() and (sigma[:, 1] > 5).all()


@BOTH
@pytest.mark.parametrize("variance", ["optimal", "shared", "dimension"])
def test_the_floor_holds_in_units_of_the_data_and_can_be_left_again(kind, variance):
    likelihood = kind(Event((2,)), variance, floor=0.01)
    torch.manual_seed(0)
    likelihood.initialise(50 * torch.randn(1000, 2))
    with torch.no_grad():
        likelihood.log_variance.fill_(-200.0)
    assert torch.allclose(likelihood.deviation(), torch.tensor(0.5), rtol=0.1)
    if variance != "optimal":
        with torch.no_grad():
            likelihood.log_variance.fill_(2 * math.log(0.4))  # just below the floor of 0.5
        mean_log_p(likelihood, 100 * torch.ones(4, 2)).backward()
        assert (likelihood.log_variance.grad > 0).all(), "a learned sigma below the floor cannot rise again"


@BOTH
def test_fixed_is_exactly_what_was_given(kind):
    likelihood = kind(Event((2,)), "fixed", sigma=0.1).double()
    likelihood.initialise(100 * torch.randn(50, 2))
    assert likelihood.deviation().item() == 0.1 and not list(likelihood.parameters())


@BOTH
def test_density_is_in_the_units_of_the_data(kind):
    """Scaling the data by 1000 costs exactly ln 1000 nats per cell."""
    torch.manual_seed(0)
    x = torch.randn(500, 2, dtype=torch.float64)
    values = []
    for unit in (1.0, 1000.0):
        likelihood = kind(Event((2,))).double()
        likelihood.initialise(unit * x)
        values.append(likelihood(torch.zeros(500, 2, 1, dtype=torch.float64)).log_prob(unit * x).mean())
    assert abs(values[0] - values[1] - 2 * math.log(1000)) < 1e-4


@BOTH
def test_missing_cells_do_not_enter_the_statistics(kind):
    likelihood = kind(Event((2,), missing=True))
    x = torch.tensor([[1.0, torch.nan], [-1.0, torch.nan]])
    likelihood.initialise(x)
    p = likelihood(torch.zeros(2, 2, 1))
    assert likelihood.statistics(p, x)["moment"] == 1 and likelihood.deviation().isfinite()
