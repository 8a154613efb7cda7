"""The walk of one example and the three gradients against a linear-Gaussian VAE, where every number is known.

Statistical tests: fixed seeds, |z| < 4, so a false alarm has probability 6e-5.
"""

import math

import pytest
import torch
from exact import linear_gaussian
from torch.distributions import Normal

from jamjae.core import isolated
from jamjae.posteriors import Gaussian
from jamjae.report import extremes, gradients, walk

DRAWS = 20_000


def linear():
    """A linear VAE in double precision with an encoder that is off, one example, W, b and sigma; mu, ln sigma^2."""
    model = linear_gaussian(5, 2, 0.7, shift=0.3, scale=0.8)
    x = torch.linspace(-1, 2, 5, dtype=torch.float64)[None]
    likelihood = model.likelihood
    zero, unit = torch.zeros(1, 2, dtype=torch.float64), torch.eye(2, dtype=torch.float64)
    with torch.no_grad():
        b = likelihood.point(model.decode(zero))[0]
        w = (likelihood.point(model.decode(unit)) - b).T
        mu, log_variance = model.features(x)[0].unbind(-1)
    return model, x, w, b, 0.7, mu, log_variance


def test_a_walk_is_the_sum_of_its_steps():
    model, x, w, b, sigma, mu, log_variance = linear()
    epsilon = torch.tensor([[0.5, -1.2]], dtype=torch.float64)
    found = walk.passage(model, x, None, epsilon)
    z = mu + (log_variance / 2).exp() * epsilon
    torch.testing.assert_close(found.z, z)
    distortion = -Normal(z @ w.T + b, sigma).log_prob(x).sum(1)
    rate = 0.5 * (mu.square() + log_variance.exp() - 1 - log_variance).sum()
    torch.testing.assert_close(found.distortion, distortion)
    torch.testing.assert_close(found.rate, rate[None])
    torch.testing.assert_close(found.loss, distortion + rate)


def test_a_step_of_the_copy_is_plain_gradient_descent_and_leaves_the_model():
    model, x, *_ = linear()
    epsilon = torch.tensor([[0.5, -1.2]], dtype=torch.float64)
    weights = {name: value.clone() for name, value in model.state_dict().items()}
    found = walk.step(model, x, None, epsilon)
    assert all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())

    loss = walk.passage(model, x, None, epsilon).loss.sum()
    slopes = torch.autograd.grad(loss, list(model.parameters()))
    assert found.before == pytest.approx(loss.item())
    assert found.norm == pytest.approx(math.sqrt(sum(g.square().sum().item() for g in slopes)))
    assert found.rate == pytest.approx(0.01 * loss.item() / found.norm**2)
    with torch.no_grad():
        for weight, slope in zip(model.parameters(), slopes, strict=True):
            weight -= found.rate * slope
    assert found.after == pytest.approx(walk.passage(model, x, None, epsilon).loss.item())
    assert (found.before - found.after) / found.before == pytest.approx(0.01, rel=0.2)


def exact_gradient(model, x, w, b, sigma, mu, log_variance):
    """Of E_q[-log p(x | z)] with respect to mu and ln sigma^2, (4,), in the order of h."""
    error = x[0] - w @ mu - b
    by_mu = -(w.T @ error) / sigma**2
    by_log_variance = 0.5 * w.square().sum(0) / sigma**2 * log_variance.exp()
    return torch.stack([by_mu, by_log_variance], -1).flatten()


def test_both_gradients_have_the_exact_mean_and_the_score_function_is_noisier():
    case = linear()
    model, x = case[:2]
    with isolated(0):
        found = gradients.estimates(model, x, None, DRAWS)
    truth = exact_gradient(*case)
    for estimate in (found.reparameterised, found.score):
        z = (estimate.mean(0) - truth) / (estimate.std(0) / math.sqrt(DRAWS))
        assert z.abs().max() < 4, z
    assert (found.score.var(0) > 4 * found.reparameterised.var(0)).all()


def test_without_the_trick_the_reconstruction_gives_exactly_nothing_and_the_rate_remains():
    model, x, *_, mu, log_variance = linear()
    found = gradients.estimates(model, x, None, 16)
    assert torch.equal(found.detached, torch.zeros_like(found.detached))
    rest = torch.stack([mu, 0.5 * (log_variance.exp() - 1)], -1).flatten()
    torch.testing.assert_close(found.rest, rest)


# -- variance or its logarithm --------------------------------------------------------------------------------------


@pytest.mark.parametrize("log_variance", [-10.0, -3.0, 0.0, 2.5, 10.0])
def test_both_parametrisations_draw_the_same_samples(log_variance):
    epsilon = torch.randn(1000, generator=torch.Generator().manual_seed(0))
    h = torch.tensor([[[0.7, log_variance]]])
    q = Gaussian((1,))(h)
    plain = 0.7 + torch.tensor(log_variance).exp().sqrt() * epsilon
    torch.testing.assert_close(q.base.loc.flatten() + q.base.scale.flatten() * epsilon, plain, rtol=1e-6, atol=1e-6)


def test_only_the_logarithm_survives_extreme_variances():
    rows = {row.start: row for row in extremes.table()}
    for row in rows.values():
        assert 0 < row.logarithm < math.inf and 0 < row.logarithm_after < math.inf
    assert rows[-200].plain == 0 and rows[-200].plain_after == math.inf
    assert rows[200].plain == math.inf and not math.isfinite(rows[200].plain_after)
    assert rows[0].plain_after == pytest.approx(1 - 0.1 * 50) and rows[-4].plain_after < 0  # no deviation
    assert rows[0].logarithm_after == pytest.approx(math.exp(-0.1 * 50), rel=1e-5)
    assert all(rows[start].apart < 1e-6 for start in (-4, 0, 4))
