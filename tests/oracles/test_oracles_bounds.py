"""Bounds on log p(x) against models whose log p(x) is known.

Statistical tests: fixed seeds, |z| < 4, so a false alarm has probability 6e-5.
"""

import math

import pytest
import torch
from exact import assembled, evidence, linear_gaussian, quadrature, z_score

from jamjae.core import Event, closed_form, draw
from jamjae.evaluation.iwae import Stream, bounds
from jamjae.likelihoods import Bernoulli
from jamjae.objectives import ELBO, IWAE, Batch

STEP = torch.tensor(0)


def examples(model, count=64, seed=7):
    torch.manual_seed(seed)
    return evidence(model).sample((count,))


def loss(objective, model, x):
    return objective.eval().terms("model", model, Batch(x, None, len(x)), STEP).loss.detach()


@pytest.mark.parametrize("scale", [1.3, 1.0])
def test_oracle_07_mean_weight_is_the_evidence(scale):
    model = linear_gaussian(shift=0.2, scale=scale)
    x = examples(model, 1)
    with torch.no_grad():
        ratio = (model.log_weights(x, 200_000)[:, 0] - evidence(model).log_prob(x)).exp()
    spread = ratio.std().item()
    assert 0.05 < spread < 5, "the test needs weights that vary and have a variance"
    assert abs(z_score(ratio, 1.0)) < 4


def test_oracle_08_exact_posterior_makes_every_weight_the_evidence():
    model = linear_gaussian(cells=3, latent=2)
    x = examples(model, 5)
    with torch.no_grad():
        log_w = model.log_weights(x, 100)
    assert (log_w - evidence(model).log_prob(x)).abs().max() < 2e-14


def test_oracle_08_exact_posterior_makes_the_loss_the_evidence():
    model = linear_gaussian(cells=3, latent=2)
    x = examples(model, 5)
    exact = -evidence(model).log_prob(x).mean()
    for samples in (1, 2, 64):
        assert abs(loss(IWAE(samples=samples), model, x) - exact) < 2e-14
    found = bounds(model, x, 50)
    assert torch.allclose(found[:, 0], evidence(model).log_prob(x), atol=2e-14, rtol=0)
    assert torch.allclose(found[:, 2], torch.full((5,), 50.0, dtype=torch.float64), rtol=1e-12)


def test_oracle_09_elbo_gap_is_the_kl_to_the_exact_posterior():
    model, truth = linear_gaussian(shift=0.3, scale=1.4), linear_gaussian()
    x = examples(model, 1)
    gap = closed_form(model.encode(x), truth.encode(x)).detach()
    many = x.expand(200_000, -1)
    torch.manual_seed(9)
    terms = ELBO().eval().terms("model", model, Batch(many, None, 1), STEP)
    losses = (terms.parts["distortion"] + terms.parts["rate"]).detach()
    assert gap > 0.1
    assert abs(z_score(losses, gap - evidence(model).log_prob(x))) < 4


def test_oracle_09_beta_weighs_the_rate_alone():
    model = linear_gaussian(shift=0.3, scale=1.4)
    x = examples(model)
    batch = Batch(x, None, len(x))
    for beta in (0.5, 4.0):
        torch.manual_seed(1)
        weighed = ELBO(beta=beta).terms("model", model, batch, STEP).parts
        torch.manual_seed(1)
        plain = ELBO().terms("model", model, batch, STEP).parts
        assert torch.allclose(weighed["rate"], beta * plain["rate"], rtol=1e-12)
        assert torch.allclose(weighed["distortion"], plain["distortion"], rtol=1e-12)


def test_oracle_09_free_bits_charge_the_allowance_at_least():
    model = linear_gaussian(cells=4, latent=2)
    x = examples(model)
    batch = Batch(x, None, len(x))
    torch.manual_seed(1)
    plain = ELBO().terms("model", model, batch, STEP)
    assert torch.allclose(ELBO(free_bits=1e-9).terms("model", model, batch, STEP).parts["rate"], plain.parts["rate"])
    charged = ELBO(free_bits=50.0).terms("model", model, batch, STEP).parts["rate"]
    assert torch.equal(charged, torch.full_like(charged, 100.0))


def paired_bounds(model, x, counts, repeats):
    with torch.no_grad():
        log_w = model.log_weights(x, max(counts) * repeats).reshape(repeats, max(counts), len(x))
    return {k: (log_w[:, :k].logsumexp(1) - math.log(k)).flatten() for k in counts}


def test_oracle_10_bound_rises_with_samples_up_to_the_evidence():
    model = linear_gaussian(shift=0.5, scale=1.3)
    x = examples(model, 8)
    torch.manual_seed(10)
    found = paired_bounds(model, x, (1, 2, 4, 16, 64), 2000)
    for few, many in ((1, 2), (2, 4), (4, 16), (16, 64)):
        assert z_score(found[many] - found[few], 0.0) > 3.7  # p < 1e-4 that it does not rise
    exact = evidence(model).log_prob(x).repeat(2000)
    assert z_score(found[64] - exact, 0.0) < -3.7
    assert (found[64] - exact).mean() > -0.05


@pytest.mark.parametrize("samples", [1, 5, 32])
def test_oracle_10_objective_and_stream_have_the_value_of_the_bound(samples):
    """Not the mean of log w under the normalised weights: that has the right gradient and another value."""
    model = linear_gaussian(shift=0.5, scale=1.3)
    x = examples(model, 6)
    torch.manual_seed(3)
    z, log_q = draw(model.encode(x), (samples,))
    expected = (model.log_joint(x, z) - log_q).exp().mean(0).log().detach()
    torch.manual_seed(3)
    found = loss(IWAE(samples=samples), model, x)
    assert abs(found + expected.mean()) < 1e-12
    stream = Stream(samples)
    stream.add((model.log_joint(x, z) - log_q).detach())
    assert torch.allclose(stream.bound, expected, atol=1e-12)


def test_oracle_11_gap_falls_like_half_the_variance_over_samples():
    model = linear_gaussian(scale=1.3)
    x = examples(model, 1)
    torch.manual_seed(11)
    with torch.no_grad():
        log_w = model.log_weights(x, 2_000_000)[:, 0] - evidence(model).log_prob(x)
    half_variance = log_w.exp().var().item() / 2
    samples = 32
    gap = -(log_w.reshape(-1, samples).logsumexp(1) - math.log(samples)).mean().item()
    assert 0.01 < half_variance < 1
    assert abs(samples * gap / half_variance - 1) < 0.1


@pytest.mark.parametrize("cut", [1, 7, 50, 1000])
def test_oracle_12_streamed_sum_is_the_whole_sum(cut):
    torch.manual_seed(12)
    log_w = 30 * torch.randn(1000, 16, dtype=torch.float64) - 500
    stream = Stream(1000)
    for part in log_w.split(cut):
        stream.add(part)
    assert torch.allclose(stream.bound, log_w.logsumexp(0) - math.log(1000), atol=1e-12, rtol=0)
    weights = log_w.softmax(0)
    assert torch.allclose(stream.ess, 1 / weights.square().sum(0), rtol=1e-10)
    assert torch.equal(stream.largest, log_w.topk(stream.tail + 1, 0).values)


def test_oracle_12_half_streams_merge_to_the_whole():
    torch.manual_seed(13)
    log_w = 3 * torch.randn(400, 5, dtype=torch.float64)
    whole, first, second = Stream(400), Stream(400), Stream(400)
    whole.add(log_w), first.add(log_w[:150]), second.add(log_w[150:])
    merged = first.merge(second)
    assert torch.allclose(merged.bound, whole.bound, atol=1e-12, rtol=0)
    assert torch.allclose(merged.k_hat, whole.k_hat, atol=1e-12, rtol=0)


def test_oracle_21_mean_weight_of_a_nonlinear_model_is_its_quadrature():
    event = Event((6,), levels=2)
    torch.manual_seed(21)
    model = assembled(event, Bernoulli(event), latent=2, widths=(8,))
    with torch.no_grad():
        for p in model.decoder.parameters():
            p.mul_(3.0)
        x = model.sample(4, noise=True)
        exact = quadrature(model, x)
        assert torch.allclose(exact, quadrature(model, x, points=201), atol=1e-9)
        ratio = (model.log_weights(x, 200_000) - exact).exp()
    for one in ratio.T:
        assert abs(z_score(one, 1.0)) < 4


def test_oracle_21_probabilities_of_all_patterns_sum_to_one():
    event = Event((4,), levels=2)
    torch.manual_seed(22)
    model = assembled(event, Bernoulli(event), latent=2, widths=(8,))
    patterns = torch.cartesian_prod(*[torch.tensor([0.0, 1.0], dtype=torch.float64)] * 4)
    assert abs(quadrature(model, patterns).exp().sum().item() - 1) < 1e-9


def test_oracle_12_weights_of_zero_are_counted():
    stream = Stream(4)
    stream.add(torch.tensor([[-math.inf, 0.0], [-math.inf, -math.inf]]))
    stream.add(torch.tensor([[-math.inf, 0.0], [-math.inf, -math.inf]]))
    assert stream.bound.tolist() == [-math.inf, math.log(0.5)]
