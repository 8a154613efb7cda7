"""Laws of the posteriors: shapes, densities, and a KL to every prior that agrees with its definition."""

import pytest
import torch
from codes import distribution, resized
from discovered import DTYPES, examples, gradients_are_finite, make, normal, rebuilt, scrambled
from numerics import mean_is, proposal

from jamjae.core import Delta, Undefined, closed_form, draw, isolated

POSTERIORS = examples("posteriors")


def is_point(one) -> bool:
    return type(one(normal((2, *one.features)))) is Delta


WITH_DENSITY = examples("posteriors", lambda one: not is_point(one))
POINTS = examples("posteriors", is_point)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("which", POSTERIORS)
def test_shapes(which, batch, dtype):
    posterior = make(which).to(dtype)
    q = posterior(normal((batch, *posterior.features), dtype=dtype))
    assert tuple(q.batch_shape) == (batch,) and tuple(q.event_shape) == posterior.latent
    assert posterior.point(q).shape == (batch, *posterior.latent)
    for lead in ((), (1,), (2, 3)):
        z = q.rsample(lead) if q.has_rsample else q.sample(lead)
        assert z.shape == (*lead, batch, *posterior.latent) and z.dtype == dtype


@pytest.mark.parametrize("which", WITH_DENSITY)
def test_density_adds_up_to_one(which):
    posterior = scrambled(make(which)).double().eval()
    q = posterior(normal((1, *posterior.features), dtype=torch.float64))
    with isolated("mass"), torch.no_grad():
        _, w = proposal(q, 1 << 16, posterior.support)
    mean_is(w, 1.0)


@pytest.mark.parametrize("which", WITH_DENSITY)
def test_the_density_of_a_draw_is_the_density_at_the_draw(which):
    posterior = scrambled(make(which)).double().eval()
    q = posterior(normal((3, *posterior.features), dtype=torch.float64))
    with isolated("along"):
        z, log_q = draw(q, (5,))
    assert log_q.shape == (5, 3)
    torch.testing.assert_close(q.log_prob(z), log_q, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("which", POSTERIORS)
def test_the_code_of_an_example_has_no_chance_and_is_one_that_the_prior_knows(which):
    posterior = scrambled(make(which)).eval()
    h = normal((3, *posterior.features))
    z = posterior.point(posterior(h))
    assert torch.equal(z, posterior.point(posterior(h))) and posterior.support.check(z).all() and z.isfinite().all()


@pytest.mark.parametrize("which", POSTERIORS)
def test_it_knows_whether_a_code_has_a_chance(which):
    posterior = scrambled(make(which)).eval()
    q = posterior(normal((3, *posterior.features)))
    with isolated("chance"):
        z = q.sample((20,))
    assert (z == posterior.point(q)).all().item() == posterior.certain


@pytest.mark.parametrize("which", POINTS)
def test_a_point_says_that_it_has_no_density(which):
    posterior = make(which)
    with pytest.raises(Undefined, match="no density"):
        draw(posterior(normal((2, *posterior.features))))


@pytest.mark.parametrize("prior", examples("priors"))
@pytest.mark.parametrize("which", WITH_DENSITY)
def test_closed_form_rate_is_the_average_of_its_definition(which, prior):
    posterior, prior = scrambled(make(which)).double().eval(), make(prior)
    fits = posterior.latent == prior.latent and posterior.entries == prior.entries
    prior = prior if fits else resized(prior, posterior)
    if prior is None or prior.support is not posterior.support:  # no model has this pair
        return
    q = posterior(normal((3, *posterior.features), dtype=torch.float64))
    p = posterior.lift(distribution(scrambled(prior).double(), 3))
    exact = closed_form(q, p)
    if exact is None:  # this pair is always estimated; nothing is claimed
        return
    with isolated("rate"):
        z, log_q = draw(q, (1 << 15,))
    assert exact.shape == (3,) and (exact >= 0).all()
    mean_is(log_q - p.log_prob(z), exact)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("size", [1e4, -1e4])
@pytest.mark.parametrize("which", WITH_DENSITY)
def test_extreme_features_give_finite_draws_densities_and_gradients(which, size, dtype):
    posterior = make(which).to(dtype)
    h = torch.full((2, *posterior.features), size, dtype=dtype).requires_grad_()
    with isolated("extreme"):
        z, log_q = draw(posterior(h))
    (slope,) = torch.autograd.grad(log_q.sum() + z.sum(), h)
    assert z.isfinite().all() and log_q.isfinite().all() and slope.isfinite().all()


@pytest.mark.parametrize("which", POSTERIORS)
def test_gradients_reach_features_and_parameters_and_the_input_stays(which):
    posterior = scrambled(make(which))
    h = normal((4, *posterior.features)).requires_grad_()
    kept = h.detach().clone()
    with isolated("gradient"):
        q = posterior(h)
        z = q.rsample() if q.has_rsample else posterior.point(q)
    z.square().sum().backward()
    assert h.grad is not None and h.grad.isfinite().all()
    assert (h.grad.flatten(1).abs().sum(0) > 0).all(), "an encoder output has no effect"
    gradients_are_finite(posterior)
    assert torch.equal(h.detach(), kept)


@pytest.mark.parametrize("which", POSTERIORS)
def test_rebuilt_posterior_and_same_seed_give_the_same_draws(which):
    posterior = scrambled(make(which))
    h = normal((4, *posterior.features))
    draws = []
    for one in (posterior, rebuilt(posterior)):
        with isolated("same"):
            draws.append(one(h).sample((3,)))
    assert torch.equal(*draws)
