"""k-hat and the effective sample size of importance weights against distributions whose tail is known."""

import math

import pytest
import torch
from scipy.stats import genpareto

from jamjae.evaluation.iwae import Stream, pareto_shape

D = torch.float64


def excesses(k, n=4000, seed=0):
    return torch.from_numpy(genpareto.rvs(k, size=n, random_state=seed)).sort().values


@pytest.mark.parametrize("k", [-0.3, 0.0, 0.3, 0.7, 1.2])
def test_the_shape_of_a_pareto_tail_is_found(k):
    found = torch.stack([pareto_shape(excesses(k, seed=s)[None])[0] for s in range(20)])
    error = (1 + k) / math.sqrt(4000)  # standard error of the maximum-likelihood estimate
    assert abs(found.mean().item() - k) < 4 * error / math.sqrt(20) + 5 / 4000  # and the pull of the prior towards 1/2
    assert found.std().item() < 1.6 * max(error, 0.01)


def test_the_shape_is_that_of_maximum_likelihood_pulled_towards_one_half():
    x = excesses(0.4, n=2000, seed=3)
    likeliest, _, _ = genpareto.fit(x.numpy(), floc=0)
    assert pareto_shape(x[None]).item() == pytest.approx((2000 * likeliest + 5) / 2010, abs=0.005)


def test_units_do_not_matter():
    x = excesses(0.5)[None]
    assert pareto_shape(7 * x).item() == pytest.approx(pareto_shape(x).item(), rel=1e-9)


@pytest.mark.parametrize(("draws", "tail"), [(20, 4), (25, 5), (225, 45), (1000, 95), (5000, 213)])
def test_the_tail_has_the_length_that_the_definition_gives(draws, tail):
    assert Stream(draws).tail == tail == math.ceil(min(0.2 * draws, 3 * math.sqrt(draws)))


@pytest.mark.parametrize("k", [0.3, 0.9])
def test_weights_with_a_power_tail_have_its_shape(k):
    """P(w > t) = t^(-1/k), so k-hat is k."""
    torch.manual_seed(1)
    stream = Stream(20_000)
    stream.add(-k * torch.rand(20_000, 30, dtype=D).log())
    assert stream.k_hat.mean().item() == pytest.approx(k, abs=0.05)


def test_the_effective_sample_size_counts_the_weights_that_matter():
    stream = Stream(100)
    log_w = torch.full((100, 3), -800.0, dtype=D)
    log_w[:, 1] = -math.inf
    log_w[:7, 1] = -900.0
    log_w[0, 2] = 0.0
    stream.add(log_w)
    assert stream.ess.tolist() == pytest.approx([100.0, 7.0, 1.0])
