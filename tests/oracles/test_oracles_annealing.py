"""Annealed importance sampling and the optimised posterior against models whose log p(x) is known.

Statistical tests: fixed seeds, |z| < 4, so a false alarm has probability 6e-5.
"""

import math
from itertools import pairwise

import pytest
import torch
from exact import assembled, evidence, linear_gaussian, quadrature, z_score

from jamjae.core import Event, closed_form, isolated
from jamjae.data import Dataset
from jamjae.evaluation import Subject, evaluate
from jamjae.evaluation.base.annealing import Annealing, ladder, log_mean
from jamjae.likelihoods import Bernoulli


def subject(model, x, **options):
    n = len(x)
    splits = {"train": torch.arange(n // 2), "validation": torch.arange(0), "test": torch.arange(n // 2, n)}
    return Subject(model, "elbo", Dataset("made", model.event, x, None, splits), **options)


def linear(n=200, **options):
    model = linear_gaussian(**options)
    torch.manual_seed(4)
    return subject(model, evidence(model).sample((n,)))


def chains(model, x, temperatures):
    with torch.no_grad():
        return Annealing(model, x, None, model.encode(x).base.scale, temperatures)


def curved(seed=21):
    """A nonlinear model with a 2-d code, and examples that it made."""
    event = Event((6,), levels=2)
    torch.manual_seed(seed)
    model = assembled(event, Bernoulli(event), latent=2, widths=(8,))
    with torch.no_grad():
        for p in model.decoder.parameters():
            p.mul_(3.0)
        return model, model.sample(8, noise=True)


def test_chains_are_averaged_before_the_logarithm():
    assert log_mean(torch.tensor([[0.0], [math.log(3.0)]])).item() == pytest.approx(math.log(2.0))


@pytest.mark.parametrize("temperatures", [1, 4, 12])
def test_oracle_23_weights_have_the_evidence_as_their_mean_in_both_directions(temperatures):
    """However few temperatures: forwards E[w] = p(x), backwards from the exact posterior E[1/w] = 1/p(x)."""
    model = linear_gaussian(sigma=1.5)
    torch.manual_seed(1)
    x = evidence(model).sample((1,))
    exact = evidence(model).log_prob(x)
    many = x.expand(20_000, -1)
    with torch.no_grad():
        made = chains(model, many, temperatures)
        steps = torch.full((temperatures + 1, len(many)), 0.6, dtype=torch.float64)
        up, _ = made.weights(made.start(1), steps)
        down, _ = made.weights(model.encode(many).sample((1,)), steps, backwards=True)
    forwards, backwards = (up[0] - exact).exp(), (exact - down[0]).exp()
    assert forwards.std() > 0.05 and backwards.std() > 0.05
    assert abs(z_score(forwards, 1.0)) < 4 and abs(z_score(backwards, 1.0)) < 4


def test_oracle_23_the_sandwich_holds_the_evidence():
    model = linear_gaussian()
    torch.manual_seed(2)
    with torch.no_grad():
        z = model.latent().sample((300,))
        x = model.decode(z).sample()
        made = chains(model, x, 60)
        steps = made.tuned(2, 15)
        below = log_mean(made.weights(made.start(2), steps)[0])
        above = -log_mean(-made.weights(z.expand(2, -1, -1), steps, backwards=True)[0])
    exact = evidence(model).log_prob(x)
    assert z_score(below, exact) < 4 and z_score(above, exact) > -4
    assert -0.3 < (below - exact).mean() < 0 < (above - exact).mean() < 0.3


def test_oracle_23_at_its_default_the_gap_is_small_and_the_evidence_inside():
    made = linear()
    found = evaluate(made, ["ais"])["ais"]
    exact = evidence(made.model).log_prob(made.x.double())
    assert found.n == 100 and found.details["chains"] == 10 and found.details["temperatures"] >= 500
    assert abs(found.value - exact.mean().item()) < 0.02
    assert abs(found.details["gap"]) < 0.1 and found.flag == ""
    assert abs(found.details["above"]) < 0.02
    assert 0.5 < found.details["acceptance"] < 0.8


def test_oracle_21_annealing_of_a_nonlinear_model_is_its_quadrature():
    model, x = curved()
    with isolated(3), torch.no_grad():
        made = Annealing(model, x, None, torch.full((8, 2), 0.7, dtype=torch.float64), 200)
        bound = log_mean(made.weights(made.start(100), made.tuned(2, 50))[0])
    assert (bound - quadrature(model, x)).abs().max() < 0.05


def test_oracle_21_a_wrong_encoder_does_not_matter_to_the_annealed_bound():
    made = linear(n=80, shift=2.5, scale=0.3)
    made.samples = 100
    found = evaluate(made, ["ais"])["ais"]
    exact = evidence(made.model).log_prob(made.x.double()).mean().item()
    assert abs(found.value - exact) < 0.1
    assert found.baseline < exact - 1 and found.details["above"] > 1  # where the importance-weighted bound fails


def test_too_few_temperatures_are_flagged_and_the_bound_stays_below():
    made = linear(n=80, sigma=0.05)
    made.samples = 3
    found = evaluate(made, ["ais"])["ais"]
    assert found.details["temperatures"] == 3 and found.details["gap"] > 1
    assert "not converged" in found.flag
    assert found.value < evidence(made.model).log_prob(made.x.double()).mean().item()


def test_the_ladder_rises_from_the_prior_to_the_posterior():
    levels = ladder(10)
    assert levels[0] == 0 and levels[-1] == 1 and len(levels) == 11
    rises = [b - a for a, b in pairwise(levels)]
    assert min(rises) > 0 and rises[0] == pytest.approx(rises[-1]) and rises[5] > 3 * rises[0]
    assert ladder(1) == [0.0, 1.0]


def test_oracle_09_the_amortisation_gap_is_the_kl_to_the_exact_posterior():
    made, truth = linear(shift=0.3, scale=1.4), linear_gaussian()
    found = evaluate(made, ["amortisation"])["amortisation"]
    x = made.x.double()
    gap = closed_form(made.model.encode(x), truth.encode(x)).mean().item()
    assert gap > 0.1 and abs(found.value - gap) < 0.03
    assert found.interval[0] < gap < found.interval[1]
    assert abs(found.details["elbo_optimised"] - evidence(made.model).log_prob(x).mean().item()) < 0.03


def test_an_encoder_that_is_right_has_no_gap_to_close():
    found = evaluate(linear(), ["amortisation"])["amortisation"]
    assert abs(found.value) < 0.005


def test_neither_leaves_a_gradient_or_another_model():
    made = linear(n=40)
    made.samples = 10
    before = {k: v.clone() for k, v in made.model.state_dict().items()}
    evaluate(made, ["ais", "amortisation"])
    assert all(p.grad is None and p.requires_grad for p in made.model.parameters())
    assert all(torch.equal(v, before[k]) for k, v in made.model.state_dict().items())


def ranks(scale, n=4000, draws=63):
    """Ranks of the true code among draws of the posterior, for data made by the model, (n, axes)."""
    model = linear_gaussian(scale=scale)
    torch.manual_seed(24)
    with torch.no_grad():
        z = model.latent().sample((n,))
        x = model.decode(z).sample()
        return (model.encode(x).sample((draws,)) < z).sum(0)


def improbable(found, bins=16):
    """Chi-squared of the ranks against equal counts, and the value that it exceeds once in 10,000 times."""
    counts = torch.stack([torch.bincount(axis // (64 // bins), minlength=bins) for axis in found.T]).double()
    expected = counts.sum(1, keepdim=True) / bins
    return ((counts - expected).square() / expected).sum(1), 44.3  # 15 degrees of freedom


def test_oracle_24_ranks_under_the_exact_posterior_are_uniform_and_under_half_the_variance_not():
    exact, limit = improbable(ranks(1.0))
    narrow, _ = improbable(ranks(math.sqrt(0.5)))
    assert (exact < limit).all() and (narrow > 3 * limit).all()
