"""Laws of the priors: the density is one, and the draws come from it."""

import pytest
import torch
from codes import codes, distribution
from discovered import DTYPES, examples, gradients_are_finite, make, rebuilt, scrambled
from numerics import cumulative, line, mean_is, proposal, uniform, waves
from torch.distributions import constraints

from jamjae.core import draw, isolated
from jamjae.core.quantised import numbered

PRIORS = examples("priors")
ONE_AXIS = examples("priors", lambda one: one.latent == (1,))
CONDITIONAL = examples("priors", lambda one: one.context > 0)
REAL = examples("priors", lambda one: one.support is constraints.real)


def test_there_is_a_prior_with_one_axis():
    assert ONE_AXIS


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("which", PRIORS)
def test_shapes(which, dtype):
    prior = make(which).to(dtype)
    p = distribution(prior, 4)
    batch = (4,) if prior.context else ()
    assert tuple(p.batch_shape) == batch and tuple(p.event_shape) == prior.shape
    for lead in ((), (1,), (3,), (2, 3)):
        z, log_p = draw(p, lead)
        assert z.shape == (*lead, *batch, *prior.shape) and log_p.shape == (*lead, *batch)
        assert log_p.dtype == dtype and z.dtype == (torch.int64 if prior.support is numbered else dtype)
        torch.testing.assert_close(p.log_prob(z), log_p)


@pytest.mark.parametrize("which", PRIORS)
def test_a_larger_batch_of_the_same_distribution(which):
    p = distribution(scrambled(make(which)).double())
    wide = p.expand((4,))
    z = p.sample((4,)).reshape(4, *p.event_shape)
    assert wide.sample((3,)).shape == (3, 4, *p.event_shape) and wide.batch_shape == (4,)
    expected = torch.stack([p.log_prob(one).reshape(()) for one in z])
    torch.testing.assert_close(wide.log_prob(z), expected)


@pytest.mark.parametrize("which", ONE_AXIS)
def test_density_adds_up_to_one_and_draws_have_it(which):
    prior = scrambled(make(which)).double()
    p, z = distribution(prior), line(prior.support)
    below = cumulative(lambda v: p.log_prob(v.reshape(-1, *p.batch_shape, 1)).reshape(-1), z, prior.support.is_discrete)
    assert abs(below[-1] - 1) < 1e-6
    with isolated("prior"):
        draws = p.sample((4000,)).reshape(-1)
    if prior.support is constraints.boolean:
        mean_is(draws, 1 - below[0])
        return
    at = torch.searchsorted(z, draws)
    share = (draws - z[at - 1]) / (z[at] - z[at - 1])
    uniform(below[at - 1] + share * (below[at] - below[at - 1]))


@pytest.mark.parametrize("which", PRIORS)
def test_importance_sampling_finds_mass_one_and_the_same_averages(which):
    prior = scrambled(make(which)).double()
    p = distribution(prior)
    with isolated("importance"), torch.no_grad():
        x, w = proposal(p, 1 << 16, prior.support)
        z = p.sample((1 << 14,))
    mean_is(w, 1.0)
    both = torch.cat([x, z])
    f = waves(both)
    mean_is(f[len(x) :], (w[:, None] * f[: len(x)]).mean(0), floor=0.02)


@pytest.mark.parametrize("which", PRIORS)
def test_rebuilt_prior_is_the_same_distribution(which):
    prior = scrambled(make(which))
    z = codes(prior, (5, 1))
    assert torch.equal(distribution(rebuilt(prior)).log_prob(z), distribution(prior).log_prob(z))


@pytest.mark.parametrize("which", PRIORS)
def test_gradients_reach_the_parameters_and_the_input_stays(which):
    prior = scrambled(make(which))
    batch = prior.context + 1
    z = codes(prior, (16, batch))
    kept = z.clone()
    if list(prior.parameters()):
        distribution(prior, batch).log_prob(z).mean().backward()
        gradients_are_finite(prior)
    prior.fit_to(z.flatten(0, 1))
    assert torch.equal(z, kept)


@pytest.mark.parametrize("which", PRIORS)
def test_fitting_to_codes_does_not_make_them_less_likely(which):
    prior = make(which)
    found = codes(prior, (300,))
    found = 0.5 * found + 3.0 if prior.support is constraints.real else found
    before = distribution(prior).log_prob(found[:, None]).mean().item()
    prior.fit_to(found)
    assert distribution(prior).log_prob(found[:, None]).mean().item() >= before
    assert all(v.isfinite().all() for v in prior.state_dict().values())


@pytest.mark.parametrize("which", CONDITIONAL)
def test_every_label_and_the_missing_one_have_a_distribution_of_their_own(which):
    prior = scrambled(make(which)).double()
    log_p = distribution(prior, prior.context + 1).log_prob(codes(prior, (7, 1), dtype=torch.float64))
    assert log_p.isfinite().all()
    for i in range(prior.context + 1):
        alone = distribution(prior, i + 1).log_prob(codes(prior, (7, 1), dtype=torch.float64))[:, i]
        torch.testing.assert_close(alone, log_p[:, i])
        assert all((log_p[:, i] - log_p[:, j]).abs().max() > 1e-3 for j in range(i))


@pytest.mark.parametrize("which", REAL)
def test_far_codes_have_finite_densities(which):
    prior = make(which)
    z = torch.full((2, 1, *prior.latent), 1e4).requires_grad_()
    log_p = distribution(prior).log_prob(z)
    (slope,) = torch.autograd.grad(log_p.sum(), z)
    assert log_p.isfinite().all() and slope.isfinite().all()


@pytest.mark.parametrize("which", PRIORS)
def test_same_seed_same_draws(which):
    p = distribution(make(which))
    draws = []
    for _ in range(2):
        with isolated("same"):
            draws.append(p.sample((7,)))
    assert torch.equal(*draws)
