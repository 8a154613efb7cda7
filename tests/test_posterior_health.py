"""Shuffled codes, information, holes and the aggregate posterior where they are known."""

import math
import sys

import pytest
import torch
from torch.distributions import MultivariateNormal, Normal

from jamjae import recipes
from jamjae.core import Event, Product, closed_form, isolated
from jamjae.core.bits import Bits
from jamjae.data import Dataset, read
from jamjae.evaluation import Subject, evaluate
from jamjae.evaluation.base.aggregate import mixture_density, pairwise
from jamjae.evaluation.base.told import area, calibrated, loss, placed, told_apart
from jamjae.likelihoods import Gaussian
from oracles.exact import assembled, evidence, linear_gaussian, z_score

D = torch.float64


def subject(model, x, y=None, **options):
    n = len(x)
    splits = {"train": torch.arange(n // 2), "validation": torch.arange(0), "test": torch.arange(n // 2, n)}
    return Subject(model, "elbo", Dataset("made", model.event, x, y, splits), **options)


def linear(n=2000, **options):
    model = linear_gaussian(**options)
    torch.manual_seed(4)
    return subject(model, evidence(model).sample((n,)))


@torch.no_grad()
def spread(s, axes=2, n=4000, width=0.3):
    """A subject whose aggregate posterior is N(0, s^2 I): codes are x, scaled, with a width."""
    event = Event((axes,))
    model = assembled(event, Gaussian(event, "fixed", sigma=0.1), axes)
    layer = model.encoder.layers[0]
    layer.weight.zero_(), layer.bias.zero_()
    layer.weight.view(axes, 2, axes)[:, 0] = math.sqrt(s * s - width * width) * torch.eye(axes, dtype=D)
    layer.bias.view(axes, 2)[:, 1] = 2 * math.log(width)
    return subject(model, torch.randn(n, axes, generator=torch.Generator().manual_seed(3), dtype=D))


def found(made, name):
    return evaluate(made, [name])[name]


# shuffle


def cost(model):
    """Delta = E<x - b, W z_x> / sigma^2 = |W|^2 / sigma^2 under the exact posterior: all squares cancel."""
    w = model.decoder.layers[0].weight.detach()
    return (w.square().sum() / model.likelihood.deviation().square()).item()


def test_a_wrong_code_costs_what_the_linear_model_says():
    made = linear(20_000)
    expected = cost(made.model)
    m = found(made, "shuffle")
    assert m.interval[0] < expected < m.interval[1] and m.flag == "" and m.n == 10_000
    assert abs(m.value - expected) < 0.05 * expected


def test_a_code_that_is_not_used_is_collapse():
    made = linear(400)
    with torch.no_grad():
        made.model.decoder.layers[0].weight.zero_()
    m = found(made, "shuffle")
    assert m.value == 0 and m.interval == (0, 0) and "collapsed" in m.flag


def test_a_code_without_information_is_collapse():
    made = linear(400)
    with torch.no_grad():
        made.model.encoder.layers[0].weight.zero_(), made.model.encoder.layers[0].bias.zero_()
    m = found(made, "shuffle")
    assert m.interval[0] < 0 < m.interval[1] and "collapsed" in m.flag


def test_of_an_odd_number_one_is_left_out():
    made = linear(202)
    assert found(made, "shuffle").n == 100


def test_the_interval_holds_the_truth_as_often_as_it_says():
    """Pairs share no example, so their spread is honest: 200 fresh data sets, 10 misses expected."""
    model, misses = linear_gaussian(), 0
    expected = cost(model)
    for seed in range(200):
        torch.manual_seed(seed)
        m = found(subject(model, evidence(model).sample((200,)), seed=seed), "shuffle")
        misses += not m.interval[0] < expected < m.interval[1]
    assert 1 <= misses <= 22


# surgery


def test_oracle_25_the_rate_is_information_plus_the_distance_of_the_aggregate_on_enumerated_data():
    torch.manual_seed(25)
    q = Product(Bits(2 * torch.randn(7, 4, dtype=D)), 1)
    p = Product(torch.distributions.Bernoulli(logits=torch.randn(4, dtype=D)), 1)
    z = torch.cartesian_prod(*[torch.tensor([0.0, 1.0], dtype=D)] * 4)
    log_q, log_each, log_p = mixture_density([q], z), pairwise(q, z), p.log_prob(z)
    information = (log_each.exp() * (log_each - log_q[:, None])).sum(0).mean()
    distance = (log_q.exp() * (log_q - log_p)).sum()
    rate = closed_form(q, Product(p.base.expand((7, 4)), 1)).mean()
    assert abs(rate - information - distance) < 1e-10
    assert 0 < information < math.log(7) and distance > 0 and abs(log_q.exp().sum() - 1) < 1e-12


@pytest.mark.parametrize("batches", [1, 3])
def test_the_mixture_is_the_mean_of_its_parts(batches, monkeypatch):
    monkeypatch.setattr("jamjae.evaluation.base.aggregate.PAIRS", 20)
    torch.manual_seed(1)
    mean, scale, z = torch.randn(9, 2, 3, dtype=D), torch.rand(9, 2, 3, dtype=D) + 0.01, torch.randn(11, 2, 3, dtype=D)
    parts = [Product(Normal(m, s), 2) for m, s in zip(mean.chunk(batches), scale.chunk(batches), strict=True)]
    expected = Normal(mean, scale).log_prob(z[:, None]).sum((2, 3)).logsumexp(1) - math.log(9)
    assert torch.allclose(mixture_density(parts, z), expected, rtol=1e-9)
    full = [MultivariateNormal(mean[:, 0], torch.diag_embed(scale[:, 0].square()))]
    expected = Normal(mean[:, 0], scale[:, 0]).log_prob(z[:, None, 0]).sum(2).logsumexp(1) - math.log(9)
    assert torch.allclose(mixture_density(full, z[:, 0]), expected, rtol=1e-9)


def test_information_of_a_linear_model_is_its_channel_capacity():
    """The exact posterior has a standard normal aggregate: I = R = sum ln(1 + w^2 / sigma^2) / 2, and KL = 0."""
    made = linear(20_000, cells=3, latent=1, sigma=1.0)
    m = found(made, "surgery")
    squares = made.model.decoder.layers[0].weight.detach().square().sum(0)
    expected = (0.5 * torch.log1p(squares / made.model.likelihood.deviation().square())).sum().item()
    assert abs(m.value - expected) < 0.02 and m.interval[0] < expected < m.interval[1]
    assert abs(m.details["kl"]) < 0.01 and m.details["kl_interval"][0] < 0.002 and m.flag == ""
    assert math.isclose(m.details["rate"], m.value + m.details["kl"], rel_tol=1e-12)


def test_a_shifted_aggregate_is_that_far_from_the_prior():
    made = linear(8000, cells=3, latent=1, sigma=1.0, shift=1.0)
    assert abs(found(made, "surgery").details["kl"] - 0.5) < 0.05  # KL(N(1, 1) || N(0, 1))


def test_information_saturates_at_the_logarithm_of_the_examples():
    made = linear(200, sigma=0.01)
    m = found(made, "surgery")
    assert m.value <= math.log(100) and math.log(100) - m.value < 0.1
    assert "at least log N = 4.61 nats (saturated)" in m.flag and "kl" not in m.details


def test_collapsed_codes_carry_no_information():
    made = linear(400)
    with torch.no_grad():
        made.model.encoder.layers[0].weight.zero_(), made.model.encoder.layers[0].bias.zero_()
    m = found(made, "surgery")
    assert abs(m.value) < 1e-12 and abs(m.details["kl"]) < 1e-12


@pytest.mark.parametrize("posterior", ["full-gaussian", "flow", "bernoulli"])
def test_other_posteriors_have_information_too(posterior):
    event = Event((5,), levels=2)
    prior = "bernoulli" if posterior == "bernoulli" else "gaussian"
    choice = recipes.override(recipes.find("vae")(event), {"posterior": posterior, "prior": prior})
    with isolated(0):
        model, _ = recipes.assemble(choice, event, (2,))
    x = (torch.rand(80, 5, generator=torch.Generator().manual_seed(0)) < 0.5).float()
    m = found(subject(model, x), "surgery")
    assert -0.1 < m.value <= math.log(40) + 1e-6 and m.details["log_n"] == math.log(40)


def test_a_posterior_whose_density_is_slow_is_asked_for_fewer_examples():
    event = Event((5,))
    with isolated(0):
        model, _ = recipes.assemble(recipes.override(recipes.find("vae")(event), {"posterior": "flow"}), event, (2,))
    m = found(subject(model, torch.randn(1400, 5, generator=torch.Generator().manual_seed(0))), "surgery")
    assert m.n == 500 and m.details["log_n"] == math.log(500)


# holes


@pytest.mark.parametrize("s", [0.5, 0.8])
@pytest.mark.parametrize("estimate", ["mixture of posteriors", "classifier"])
def test_oracle_26_holes_of_a_narrow_aggregate_are_those_of_the_chi_squared(s, estimate, monkeypatch):
    """q = N(0, s^2 I) in two axes: H = exp(-c / 2), c = 2 ln(1 / (tau s^2)) / (1 / s^2 - 1)."""
    if estimate == "classifier":
        monkeypatch.setattr(sys.modules["jamjae.evaluation.holes"], "WIDEST", 1)
    expected = math.exp(-math.log(1 / (0.1 * s * s)) / (1 / (s * s) - 1))
    m = found(spread(s, n=20_000), "holes")
    assert m.details["estimate"] == estimate and m.n == 2500
    error = math.sqrt(expected * (1 - expected) / 2500)
    bias = 0.12 * expected if estimate == "classifier" else 0.06 * expected  # of an estimated density
    assert abs(m.value - expected) < 4 * error + bias
    assert m.baseline <= 0.1 * expected + 0.005
    assert ("holes" in m.flag) == (s == 0.5)


def test_a_prior_that_is_the_aggregate_has_no_holes():
    m = found(spread(1.0), "holes")
    assert m.value < 0.01 and m.flag == ""


def test_a_mixture_that_is_no_density_is_refused():
    """Sixteen axes with narrow posteriors: the spikes of 1,000 examples leave everything else empty."""
    m = found(spread(1.0, axes=16, n=2000, width=0.1), "holes")
    assert m.details["estimate"] == "classifier" and m.value < 0.15


def ring(n, seed):
    random = torch.Generator().manual_seed(seed)
    angle = 2 * math.pi * torch.rand(n, generator=random, dtype=D)
    z = torch.stack([angle.cos(), angle.sin()], 1) * 1.5
    return z + 0.15 * torch.randn(n, 2, generator=random, dtype=D)


def test_a_classifier_sees_what_no_ellipse_describes():
    """A ring: the network finds its empty middle, which squares alone cannot."""
    torch.manual_seed(0)
    with torch.no_grad():
        logit = told_apart(ring(4000, 0), torch.randn(4000, 2, dtype=D))
        tested, drawn = ring(4000, 1), torch.randn(4000, 2, dtype=D)
        logit = calibrated(logit, tested, drawn)
        assert logit(torch.zeros(1, 2, dtype=D)).item() < math.log(0.1)
        assert area(logit(tested), logit(drawn))[0] > 0.85
        assert abs(z_score(torch.sigmoid(torch.cat([logit(tested), logit(drawn)])), 0.5)) < 4


# aggregate


@pytest.mark.parametrize(("s", "apart"), [(1.0, False), (0.5, True)])
def test_codes_are_told_from_the_prior_where_they_differ(s, apart):
    m = found(spread(s, n=8000), "aggregate")
    # Two Gaussians of two axes: P(r1 < r2) = 1 / (1 + s^2) for exponential squares of radii.
    assert abs(m.value - 1 / (1 + s * s)) < 3 * (m.interval[1] - m.interval[0]) / 2
    assert (m.details["p"] < 1e-6) == apart and bool(m.flag) == apart
    assert m.details["codes"]["largest"] == pytest.approx(s * s, rel=0.1)
    assert m.details["codes"]["smallest"] == pytest.approx(s * s, rel=0.1)
    assert m.details["prior"]["smallest"] == pytest.approx(1.0, rel=0.1) and m.details["codes"]["mean_norm"] < 0.1


def test_the_logit_is_the_ratio_of_two_gaussians():
    torch.manual_seed(27)
    a, b = torch.randn(20_000, 1, dtype=D) * 0.7 + 0.5, torch.randn(20_000, 1, dtype=D)
    at = torch.linspace(-1.5, 2, 36, dtype=D)[:, None]
    expected = (Normal(0.5, 0.7).log_prob(at) - Normal(0.0, 1.0).log_prob(at))[:, 0]
    with torch.no_grad():
        assert (told_apart(a, b)(at) - expected).abs().max() < 0.15


def test_a_network_that_does_not_help_is_left_out():
    torch.manual_seed(1)
    with torch.no_grad():
        a, b = torch.randn(1000, 3, dtype=D), torch.randn(1000, 3, dtype=D)
        assert loss(told_apart(a, b), torch.randn(5000, 3, dtype=D), torch.randn(5000, 3, dtype=D)) < 0.71


def test_the_area_is_the_share_of_pairs_in_order_and_its_error_the_spread_over_samples():
    a, b = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 0.0])
    assert placed(a, b).tolist() == [0.5, 0.75, 1.0]
    assert area(a, b)[0] == pytest.approx(sum((x > y) + 0.5 * (x == y) for x in a for y in b).item() / 6)
    torch.manual_seed(2)
    many = [area(torch.randn(100) + 1, torch.randn(150)) for _ in range(400)]
    values, errors = torch.tensor(many).unbind(1)
    assert values.mean().item() == pytest.approx(0.7602, abs=0.01)  # Phi(1 / sqrt 2)
    assert errors.mean().item() == pytest.approx(values.std().item(), rel=0.15)


# where there is no meaning


def assembled_by(recipe, event, options=None, latent=(2,)):
    with isolated(0):
        return recipes.assemble(recipes.override(recipes.find(recipe)(event), options or {}), event, latent)[0]


NEEDS = ("shuffle", "surgery", "aggregate", "holes", "amortisation", "ais")


def reasons(model, x):
    return {n: m.reason for n, m in evaluate(subject(model, x, samples=5), NEEDS).items() if m.value is None}


def test_a_generator_has_none_of_them():
    found = reasons(assembled_by("gan", Event((5,))), torch.randn(80, 5))
    assert set(found) == set(NEEDS) and all("only generates" in why or "no density" in why for why in found.values())


def test_a_plain_autoencoder_has_codes_but_no_likelihood():
    found = reasons(assembled_by("ae", Event((5,))), torch.randn(80, 5))
    assert set(found) == {"surgery", "amortisation", "ais"}


def test_bits_are_no_place_for_small_steps():
    event = Event((5,), levels=2)
    found = reasons(assembled_by("bernoulli-vae", event), (torch.rand(80, 5) < 0.5).float())
    assert set(found) == {"amortisation", "ais"} and "not continuous" in found["ais"]


def test_numbers_of_a_book_are_no_points():
    model = assembled_by("vq-vae", Event((5,)), latent=(2, 3))
    found = reasons(model, torch.randn(80, 5))
    assert set(found) == set(NEEDS) - {"shuffle"} and "book" in found["holes"]


def test_grey_values_have_no_bernoulli_likelihood():
    event = Event((5,), low=0.0, high=1.0)
    found = reasons(assembled_by("vae", event, {"likelihood": "bernoulli"}), torch.rand(80, 5))
    assert set(found) == {"shuffle", "amortisation", "ais"} and all("binarise" in why for why in found.values())


def test_a_prior_that_knows_the_label_has_no_information_that_splits():
    data = read("digits")
    options = {"prior": "conditional-gaussian", "condition": "label"}
    model = assembled_by("vae", data.event, options)
    model.initialise(*data.examples("train"))
    made = evaluate(Subject(model, "elbo", data, samples=5, limit=40), NEEDS)
    assert {n for n, m in made.items() if m.value is None} == {"surgery"} and "label" in made["surgery"].reason
    assert made["holes"].details["estimate"] == "classifier"  # the mixture needs one prior for all


def test_few_examples_tell_no_clouds_apart():
    assert "too few" in found(linear(30), "aggregate").reason
