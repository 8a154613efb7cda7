"""Laws of the priors: the density is one, and the draws come from it."""

import pytest
import torch
from discovered import DTYPES, examples, gradients_are_finite, make, normal, rebuilt, scrambled
from numerics import cumulative, line, mean_is, proposal, uniform, waves
from torch.distributions import constraints

from jamjae.core import draw, isolated

PRIORS = examples("priors")
ONE_AXIS = examples("priors", lambda one: one.latent == (1,))


def test_there_is_a_prior_with_one_axis():
    assert ONE_AXIS


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("which", PRIORS)
def test_shapes(which, dtype):
    prior = make(which).to(dtype)
    p = prior()
    assert p.batch_shape == () and tuple(p.event_shape) == prior.latent
    for lead in ((), (1,), (3,), (2, 3)):
        z, log_p = draw(p, lead)
        assert z.shape == (*lead, *prior.latent) and log_p.shape == lead and z.dtype == log_p.dtype == dtype
        torch.testing.assert_close(p.log_prob(z), log_p)


@pytest.mark.parametrize("which", ONE_AXIS)
def test_density_adds_up_to_one_and_draws_have_it(which):
    p = scrambled(make(which)).double()()
    z = line(constraints.real)
    below = cumulative(lambda v: p.log_prob(v[:, None]), z)
    assert abs(below[-1] - 1) < 1e-6
    with isolated("prior"):
        draws = p.sample((4000,))[:, 0]
    at = torch.searchsorted(z, draws)
    share = (draws - z[at - 1]) / (z[at] - z[at - 1])
    uniform(below[at - 1] + share * (below[at] - below[at - 1]))


@pytest.mark.parametrize("which", PRIORS)
def test_importance_sampling_finds_mass_one_and_the_same_averages(which):
    p = scrambled(make(which)).double()()
    with isolated("importance"):
        x, w = proposal(p, 1 << 16)
        z = p.sample((1 << 14,))
    mean_is(w, 1.0)
    both = torch.cat([x, z])
    f = waves(both)
    mean_is(f[len(x) :], (w[:, None] * f[: len(x)]).mean(0), floor=0.02)


@pytest.mark.parametrize("which", PRIORS)
def test_rebuilt_prior_is_the_same_distribution(which):
    prior = scrambled(make(which))
    z = normal((5, *prior.latent))
    assert torch.equal(rebuilt(prior)().log_prob(z), prior().log_prob(z))


@pytest.mark.parametrize("which", PRIORS)
def test_gradients_reach_the_parameters_and_the_input_stays(which):
    prior = scrambled(make(which))
    z = normal((16, *prior.latent))
    kept = z.clone()
    if list(prior.parameters()):
        prior().log_prob(z).mean().backward()
        gradients_are_finite(prior)
    prior.fit_to(z)
    assert torch.equal(z, kept)


@pytest.mark.parametrize("which", PRIORS)
def test_fitting_to_codes_does_not_make_them_less_likely(which):
    prior = make(which)
    codes = 0.5 * normal((300, *prior.latent)) + 3.0
    before = prior().log_prob(codes).mean().item()
    prior.fit_to(codes)
    assert prior().log_prob(codes).mean().item() >= before
    assert all(v.isfinite().all() for v in prior.state_dict().values())


@pytest.mark.parametrize("which", PRIORS)
def test_far_codes_have_finite_densities(which):
    prior = make(which)
    z = torch.full((2, *prior.latent), 1e4).requires_grad_()
    log_p = prior().log_prob(z)
    (slope,) = torch.autograd.grad(log_p.sum(), z)
    assert log_p.isfinite().all() and slope.isfinite().all()


@pytest.mark.parametrize("which", PRIORS)
def test_same_seed_same_draws(which):
    p = make(which)()
    draws = []
    for _ in range(2):
        with isolated("same"):
            draws.append(p.sample((7,)))
    assert torch.equal(*draws)
