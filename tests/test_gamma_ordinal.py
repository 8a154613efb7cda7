"""Gamma and ordinal likelihoods against scipy and by hand; the laws of tests/laws hold for both, too."""

import math

import pytest
import torch
from scipy import stats

from jamjae.core import Event, UsageError, build
from jamjae.likelihoods import Categorical, Gamma, Likelihood, Ordinal
from jamjae.likelihoods.gamma import Waiting


@pytest.mark.parametrize("alpha", [1e-4, 0.03, 1.0, 7.0])
@pytest.mark.parametrize("mu", [1e-3, 2.0, 5e4])
def test_gamma_is_scipys(mu, alpha):
    reference = stats.gamma(1 / alpha, scale=mu * alpha)
    x = torch.tensor(reference.ppf([0.01, 0.3, 0.5, 0.9, 0.999]))
    found = Waiting(torch.full_like(x, mu), torch.full_like(x, alpha)).log_prob(x)
    torch.testing.assert_close(found, torch.tensor(reference.logpdf(x)), rtol=1e-9, atol=1e-9)


def test_a_narrow_gamma_is_exact_in_single_precision():
    """The textbook formula is off by hundredths of a nat: it subtracts numbers of 1e5."""
    x = torch.tensor([49_000.0, 50_000.0, 50_700.0])
    found = Waiting(torch.full((3,), 5e4), torch.tensor(1e-4)).log_prob(x)
    reference = stats.gamma(1e4, scale=5.0).logpdf(x.double())
    torch.testing.assert_close(found.double(), torch.tensor(reference), rtol=0, atol=2e-3)


def test_gamma_starts_at_the_moments_of_the_data():
    torch.manual_seed(0)
    x = torch.distributions.Gamma(torch.tensor([4.0, 0.5]), torch.tensor([2.0, 0.01])).sample((4000,))
    likelihood = Gamma(Event((2,), low=0.0))
    likelihood.initialise(x)
    p = likelihood(torch.zeros(1, 2, 1))
    torch.testing.assert_close(p.mean[0], x.mean(0), rtol=1e-4, atol=0)
    torch.testing.assert_close(p.variance[0], x.var(0), rtol=5e-3, atol=0)


def test_gamma_moves_with_its_draws():
    """Draws are differentiable: the mean of draws rises with the feature at the slope of the mean."""
    h = torch.zeros(20_000, 1, 1, requires_grad=True)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        Gamma(Event((1,), low=0.0))(h).rsample().mean().backward()
    assert h.grad is not None
    assert h.grad.sum().item() == pytest.approx(1 - 1 / math.e, rel=0.05)  # softplus' slope at ln(e - 1)


def test_ordinal_masses_by_hand():
    likelihood = Ordinal(Event((1,), levels=3))
    cuts = [math.log(1 / 2), math.log(2)]  # a third below each
    for h in (-1.3, 0.0, 2.0):
        below = [1 / (1 + math.exp(h - c)) for c in cuts]
        masses = torch.tensor([below[0], below[1] - below[0], 1 - below[1]])
        found = likelihood(torch.full((3, 1, 1), h)).log_prob(torch.arange(3).unsqueeze(1)).exp()
        torch.testing.assert_close(found.detach(), masses, rtol=1e-5, atol=1e-6)


def test_ordinal_starts_at_the_shares_of_the_data_and_rises_with_its_feature():
    x = torch.tensor([0] * 50 + [1] * 10 + [2] * 30 + [3] * 10).unsqueeze(1)
    likelihood = Ordinal(Event((1,), levels=4))
    likelihood.initialise(x)
    p = likelihood(torch.zeros(1, 1, 1)).base.probs[0, 0]
    torch.testing.assert_close(p.detach(), torch.tensor([50.5, 10.5, 30.5, 10.5]) / 102, rtol=1e-4, atol=0)
    h = torch.linspace(-8, 8, 33).reshape(-1, 1, 1)
    points = likelihood.point(likelihood(h)).flatten()
    assert (points.diff() >= 0).all() and points[0] == 0 and points[-1] == 3


def test_ordinal_knows_what_lies_near():
    """Under data around level 2 the neighbours are likelier than the ends; categories in any order would not be."""
    p = Ordinal(Event((1,), levels=5))(torch.zeros(1, 1, 1)).base.probs.flatten()
    ends = Ordinal(Event((1,), levels=5))(torch.full((1, 1, 1), 4.0)).base.probs.flatten()
    assert ends.argmax() == 4 and (ends.diff() > 0).all() and torch.allclose(p, torch.full((5,), 0.2), atol=1e-5)


def test_two_ordinal_levels_are_two_categories():
    x = torch.tensor([[0], [1], [1], [1]])
    one, other = Ordinal(Event((1,), levels=2)), Categorical(Event((1,), levels=2))
    one.initialise(x)
    other.initialise(x)
    torch.testing.assert_close(one(torch.zeros(4, 1, 1)).log_prob(x), other(torch.zeros(4, 1, 2)).log_prob(x))


def test_one_level_is_refused():
    with pytest.raises(UsageError, match="`classes` must be at least 2; got 1"):
        Ordinal(Event((1,)), classes=1)


@pytest.mark.parametrize("name", ["gamma", "negative-binomial"])
def test_the_second_output_of_the_decoder_is_the_dispersion_alone(name):
    likelihood = build(Likelihood, {"name": name, "dispersion": "decoder"}, event=Event((1,), low=0.0))
    p, wider, higher = (likelihood(torch.tensor([[list(h)]])) for h in ((0.0, 0.0), (0.0, 2.0), (2.0, 0.0)))
    assert wider.mean == p.mean and wider.variance > 1.5 * p.variance
    over = p.mean if name == "negative-binomial" else 0.0  # a count varies by its mean, too
    alphas = [(q.variance - (q.mean if over else 0.0)) / q.mean.square() for q in (p, higher)]
    assert higher.mean > 1.5 * p.mean and torch.allclose(*alphas, rtol=1e-4)
