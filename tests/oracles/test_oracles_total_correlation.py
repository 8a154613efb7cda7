"""The three parts of the rate: they add up, their densities are unbiased, and for Gaussians they are known.

Statistical tests: fixed seeds, |z| < 4, so a false alarm has probability 6e-5.
"""

import math
from itertools import combinations

import pytest
import torch
from exact import linear_gaussian, z_score
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal, Normal

from jamjae.core import Product, UsageError, build
from jamjae.networks import MLP
from jamjae.objectives import ELBO, IWAE, Batch, TotalCorrelation
from jamjae.objectives.total_correlation import pooled
from jamjae.posteriors import Posterior
from jamjae.priors import Mixture

D = torch.float64
STEP = torch.tensor(0)
NAMES = ("mutual_information", "total_correlation", "axes")


def posteriors(n, axes=2, seed=3):
    torch.manual_seed(seed)
    return Product(Normal(1.5 * torch.randn(n, axes, dtype=D), 0.3 + torch.rand(n, axes, dtype=D)), 1)


def chosen(q, rows):
    return Product(Normal(q.base.loc[rows], q.base.scale[rows]), 1)


def average(q):
    """(1/N) sum_n q(z | x_n) by torch's own mixture."""
    return MixtureSameFamily(Categorical(torch.ones(len(q.base.loc), dtype=D)), q, validate_args=False)


def terms(objective, model, x, total=None, seed=1):
    torch.manual_seed(seed)
    return objective.terms("model", model, Batch(x, None, total or len(x)), STEP)


def sloped(objective, model, x):
    found = terms(objective, model, x)
    return found.loss.detach(), torch.autograd.grad(found.loss, list(model.parameters()))


def model_and_data(n=16):
    model = linear_gaussian(shift=0.4, scale=1.3)
    torch.manual_seed(2)
    return model, 2 * torch.randn(n, 5, dtype=D)


@pytest.mark.parametrize("size", [2, 3, 5])
@pytest.mark.parametrize("axes", [1, 2])
def test_density_from_a_batch_is_the_average_posterior_averaged_over_all_batches(size, axes):
    """With one axis the joint density is the axis's own, so both densities are covered."""
    count = 6
    q = posteriors(count, axes)
    z = q.sample()
    for n in range(count):
        others = combinations([i for i in range(count) if i != n], size - 1)
        found = [pooled(chosen(q, [n, *rows]), z[[n, *rows]], count) for rows in others]
        for which in range(1 if axes > 1 else 2):
            densities = torch.stack([pair[which][0].exp() for pair in found])
            torch.testing.assert_close(densities.mean(0), average(q).log_prob(z[n]).exp(), rtol=1e-12, atol=0)
            assert densities.std() > 1e-4 * densities.mean(), "the batches must differ"


def test_densities_from_the_whole_data_set_are_those_of_the_average_posterior():
    q = posteriors(7, axes=3)
    z = q.sample()
    joint, apart = pooled(q, z, 7)
    marginals = [average(chosen_axis(q, j)).log_prob(z[:, j, None]) for j in range(3)]
    torch.testing.assert_close(joint, average(q).log_prob(z), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(apart, torch.stack(marginals).sum(0), rtol=1e-12, atol=1e-12)


def chosen_axis(q, j):
    return Product(Normal(q.base.loc[:, j, None], q.base.scale[:, j, None]), 1)


@pytest.mark.parametrize("total", [16, 1000])
@pytest.mark.parametrize("prior", [None, Mixture((2,), components=3)])
def test_the_three_parts_add_up_to_the_rate_whatever_the_prior(prior, total):
    model, x = model_and_data()
    if prior is not None:
        model.prior = prior.double()
    found = terms(TotalCorrelation(1.0, 1.0, 1.0), model, x, total)
    torch.manual_seed(1)
    q = model.encode(x)
    z = q.rsample()
    rate = q.log_prob(z) - model.latent().log_prob(z)
    torch.testing.assert_close(sum(found.parts[n] for n in NAMES), rate, rtol=0, atol=1e-12)
    torch.testing.assert_close(found.logged["kl"], rate.detach(), rtol=0, atol=1e-12)


def test_with_all_weights_one_value_and_gradient_are_those_of_iwae_with_one_sample():
    model, x = model_and_data()
    ours, reference = sloped(TotalCorrelation(1.0, 1.0, 1.0), model, x), sloped(IWAE(samples=1), model, x)
    torch.testing.assert_close(ours[0], reference[0], rtol=0, atol=1e-12)
    for one, other in zip(ours[1], reference[1], strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-10)


def test_with_all_weights_one_the_mean_is_the_elbo():
    model, x = model_and_data(1)
    many = x.expand(1500, -1)
    with torch.no_grad():
        exact = ELBO().terms("model", model, Batch(many, None, 1500), STEP).parts["rate"][0]
        found = terms(TotalCorrelation(1.0, 1.0, 1.0), model, many).parts
    rates = sum(found[n] for n in NAMES)
    assert exact > 0.5 and rates.std() > 0.1
    assert abs(z_score(rates, exact)) < 4


def test_each_weight_weighs_its_part():
    model, x = model_and_data()
    plain = terms(TotalCorrelation(1.0, 1.0, 1.0), model, x).parts
    weighed = terms(TotalCorrelation(alpha=2.0, beta=3.0, gamma=0.5), model, x).parts
    for name, weight in zip(("distortion", *NAMES), (1.0, 2.0, 3.0, 0.5), strict=True):
        assert torch.equal(weighed[name], weight * plain[name])


def test_the_parts_of_gaussian_codes_are_their_closed_forms():
    """Codes N(m(x), 0.4^2) with m ~ N(0, C): everything is Gaussian. N = 2500, tolerance 0.06 nats (2.5 sd)."""
    torch.manual_seed(5)
    covariance = torch.tensor([[1.0, 0.7], [0.7, 0.8]], dtype=D)
    means = MultivariateNormal(torch.zeros(2, dtype=D), covariance).sample((2500,))
    q = Product(Normal(means, torch.full_like(means, 0.4)), 1)
    z = q.sample()
    joint, apart = pooled(q, z, len(z))
    whole = covariance + 0.16 * torch.eye(2, dtype=D)
    information = 0.5 * torch.logdet(whole / 0.16)
    correlation = 0.5 * (whole.diagonal().log().sum() - torch.logdet(whole))
    dimension_wise = 0.5 * (whole.diagonal() - 1 - whole.diagonal().log()).sum()
    prior = Normal(0.0, 1.0).log_prob(z).sum(1)
    assert correlation > 0.15
    assert abs((q.log_prob(z) - joint).mean() - information) < 0.06
    assert abs((joint - apart).mean() - correlation) < 0.06
    assert abs((apart - prior).mean() - dimension_wise) < 0.06


def test_independent_axes_have_no_total_correlation():
    torch.manual_seed(6)
    q = Product(Normal(torch.randn(2500, 2, dtype=D), torch.full((2500, 2), 0.5, dtype=D)), 1)
    joint, apart = pooled(q, q.sample(), 2500)
    assert abs((joint - apart).mean()) < 0.03


@pytest.mark.parametrize("total", [8, 10_000])
def test_mutual_information_never_exceeds_the_logarithm_of_the_number_of_examples(total):
    q = posteriors(8)
    sharp = Product(Normal(q.base.loc, torch.full_like(q.base.scale, 1e-3)), 1)
    z = sharp.sample()
    information = sharp.log_prob(z) - pooled(sharp, z, total)[0]
    torch.testing.assert_close(information, torch.full((8,), math.log(total), dtype=D), rtol=1e-9, atol=0)
    assert (q.log_prob(z) - pooled(q, z, total)[0] <= math.log(total) + 1e-12).all()


def test_what_it_cannot_do_it_says():
    model, x = model_and_data()
    with pytest.raises(UsageError, match="at least 2 examples; got 1"):
        terms(TotalCorrelation(), model, x[:1], total=10)
    with pytest.raises(UsageError, match="`total` must be at least the size of the batch, 16; got 4"):
        terms(TotalCorrelation(), model, x, total=4)
    for name in ("full-gaussian", "delta", "bernoulli"):
        model.posterior = build(Posterior, name, latent=(2,)).double()
        model.encoder = MLP((5,), model.posterior.features, widths=()).double()
        with pytest.raises(UsageError, match=f"must be a factorised Gaussian.*'{name}'.*--posterior gaussian"):
            terms(TotalCorrelation(), model, x)


@pytest.mark.parametrize("name", ["alpha", "beta", "gamma"])
def test_negative_weights_are_refused(name):
    with pytest.raises(UsageError, match=f"`{name}` must be at least 0; got -1.0"):
        TotalCorrelation(**{name: -1.0})
