"""Poisson and negative binomial against scipy and exact arithmetic, where the textbook formulas lose their digits."""

import mpmath
import pytest
import torch
from scipy import stats

from jamjae import data
from jamjae.core import DataError, Event, isolated
from jamjae.core.counts import deviance, factorial_rest, stirling_error
from jamjae.likelihoods import NegativeBinomial, Poisson
from jamjae.likelihoods.base import log_positive, positive
from jamjae.likelihoods.negative_binomial import SMALLEST, Overdispersed
from jamjae.likelihoods.poisson import Counts
from jamjae.training.support import check_support

D = torch.float64
RATES = [1e-6, 0.03, 0.7, 1.0, 5.5, 30.0, 300.0, 2000.0]
COUNTS = [0.0, 1.0, 2.0, 7.0, 15.0, 16.0, 17.0, 100.0, 330.0, 2500.0]
ALPHAS = [1e-8, 1e-5, 0.01, 0.3, 1.0, 7.0, 500.0]


def tensor(values, dtype=D):
    return torch.tensor(values, dtype=dtype)


def counts(rate) -> Counts:
    return Counts(rate, rate.log())


def overdispersed(rate, alpha) -> Overdispersed:
    return Overdispersed(*torch.broadcast_tensors(rate, rate.log(), alpha))


def exact_poisson(x: float, rate: float) -> float:
    """The textbook formula with 60 digits."""
    with mpmath.workdps(60):
        return float(x * mpmath.log(rate) - mpmath.mpf(rate) - mpmath.loggamma(mpmath.mpf(x) + 1))


def exact_negative_binomial(x: float, rate: float, alpha: float) -> float:
    """The textbook formula with 60 digits."""
    with mpmath.workdps(60):
        x, mu, r = mpmath.mpf(x), mpmath.mpf(rate), 1 / mpmath.mpf(alpha)
        choose = mpmath.loggamma(x + r) - mpmath.loggamma(r) - mpmath.loggamma(x + 1)
        return float(choose - r * mpmath.log1p(mu / r) + x * mpmath.log(mu / (mu + r)))


# -- the pieces -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("z", [1e-6, 0.3, 1.0, 15.99, 16.0, 40.0, 1e4, 1e8])
def test_the_error_of_stirling_s_formula_is_exact(z):
    with mpmath.workdps(40):
        m = mpmath.mpf(z)
        exact = float(mpmath.loggamma(m + 1) - (m + 0.5) * mpmath.log(m) + m - mpmath.log(2 * mpmath.pi) / 2)
    assert abs(stirling_error(tensor(z)).item() - exact) < 1e-14
    assert abs(stirling_error(tensor(z, torch.float32)).item() - exact) < 3e-6


def test_the_rest_of_the_factorial_is_what_is_left():
    x = torch.arange(60, dtype=D)
    found = factorial_rest(x) + torch.xlogy(x, x) - x
    assert (found - torch.lgamma(x + 1)).abs().max() < 1e-12 and factorial_rest(x)[0] == 0


@pytest.mark.parametrize("share", [0.999, 0.9, 0.67, 0.66, 0.3, 1.2, 1.99, 2.01, 50.0])
def test_the_deviance_keeps_its_digits(share):
    with mpmath.workdps(50):
        x, m = mpmath.mpf(1e6), mpmath.mpf(1e6 * share)
        exact = float(x * mpmath.log(x / m) - (x - m))
    x, m = tensor(1e6), tensor(1e6 * share)
    found = deviance(x, m, x - m, (x / m).log()).item()
    assert abs(found - exact) < 1e-15 * abs(1e6 - 1e6 * share) * 10


def test_the_factor_of_a_feature_is_one_at_zero_and_its_logarithm_never_ends():
    h = torch.linspace(-80, 80, 401, dtype=D)
    assert positive(tensor(0.0)).item() == pytest.approx(1.0, abs=1e-15)
    torch.testing.assert_close(log_positive(h, positive(h)), positive(h).log(), rtol=1e-13, atol=1e-13)
    far = tensor([-1e4, 1e4], torch.float32)
    assert log_positive(far, positive(far)).isfinite().all() and positive(far)[1] == pytest.approx(1e4, rel=1e-3)


# -- against scipy --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", RATES)
def test_poisson_is_scipy_s(rate):
    x = tensor(COUNTS)
    expected = tensor(stats.poisson.logpmf(x.numpy(), rate))
    assert ((counts(tensor(rate)).log_prob(x) - expected) / expected.abs().clamp(min=1)).abs().max() < 1e-10


@pytest.mark.parametrize("alpha", [0.01, 0.3, 1.0, 7.0, 500.0])
@pytest.mark.parametrize("rate", RATES[1:])  # scipy takes 1 - alpha mu, which has no digits of the smallest rate left
def test_negative_binomial_is_scipy_s(rate, alpha):
    x = tensor(COUNTS)
    expected = tensor(stats.nbinom.logpmf(x.numpy(), 1 / alpha, 1 / (1 + alpha * rate)))
    found = overdispersed(tensor(rate), tensor(alpha)).log_prob(x)
    assert ((found - expected) / expected.abs().clamp(min=1)).abs().max() < 1e-10


# -- beyond what scipy can do ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [1e6, 1.001e6, 2e6, 5e5, 1e7])
def test_poisson_keeps_its_digits_at_a_million(rate):
    """The textbook formula in single precision is off by a nat here."""
    for dtype, tolerance in ((D, 1e-10), (torch.float32, 1e-5)):
        exact = exact_poisson(1e6, tensor(rate, dtype).item())
        found = counts(tensor(rate, dtype)).log_prob(tensor(1e6, dtype)).item()
        assert abs(found - exact) < tolerance * max(1.0, abs(exact))


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("x", [0.0, 1.0, 9.0, 1e4, 1e6])
@pytest.mark.parametrize("rate", [1e-6, 0.01, 4.0, 1.1e4, 1e6])
def test_negative_binomial_keeps_its_digits_from_the_poisson_to_the_heaviest_tails(rate, x, alpha):
    for dtype, tolerance in ((D, 1e-10), (torch.float32, 2e-5)):
        mu, a = tensor(rate, dtype), tensor(alpha, dtype)
        exact = exact_negative_binomial(x, mu.item(), a.item())
        found = overdispersed(mu, a).log_prob(tensor(x, dtype)).item()
        assert abs(found - exact) < tolerance * max(1.0, abs(exact))


def test_negative_binomial_of_no_dispersion_is_the_poisson():
    x, rate = tensor(COUNTS[:8]), tensor(6.0)
    found = overdispersed(rate, tensor(SMALLEST)).log_prob(x)
    assert (found - counts(rate).log_prob(x)).abs().max() < SMALLEST * 100**2


def test_the_limits_are_finite_with_their_gradients():
    x = tensor([0.0, 1.0, 1e6], torch.float32)
    for feature in (-1e4, -100.0, 0.0, 1e4):
        h = torch.full((3, 1, 2), feature, requires_grad=True)
        for likelihood in (Poisson(Event((1,))), NegativeBinomial(Event((1,)), "decoder")):
            log_p = likelihood(h[..., : likelihood.channels]).log_prob(x[:, None])
            (slope,) = torch.autograd.grad(log_p.sum(), h)
            assert log_p.isfinite().all() and slope.isfinite().all() and (log_p <= 0).all()


# -- gradients ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("x", [0.0, 1.0, 4.0, 40.0])
def test_gradients_are_those_of_finite_differences(x):
    torch.manual_seed(0)
    first, second = torch.randn(2, 7, dtype=D).requires_grad_(), torch.randn(7, dtype=D).requires_grad_()
    cases = (
        (lambda a: counts(5 * a.exp()).log_prob(tensor(x)), (first,)),
        (lambda a, b: overdispersed(5 * a.exp(), b.exp()).log_prob(tensor(x)), (first, second)),
        (lambda a: positive(30 * a) + log_positive(30 * a, positive(30 * a)), (first,)),
    )
    for f, inputs in cases:
        assert torch.autograd.gradcheck(f, inputs, atol=1e-6, rtol=1e-6)


def test_the_gradient_of_a_large_count_is_its_error():
    """d log p / d log lambda = x - lambda, to the digits of single precision."""
    log_rate = tensor(1e6, torch.float32).log().requires_grad_()
    rate = log_rate.exp()
    x = tensor(1_000_400.0, torch.float32)
    (slope,) = torch.autograd.grad(Counts(rate, log_rate).log_prob(x), log_rate)
    assert slope.item() == pytest.approx((x - rate).item(), rel=1e-3)


# -- draws ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alpha", [None, SMALLEST, 0.4, 6.0])
@pytest.mark.parametrize("rate", [0.2, 3.0, 30.0])
def test_draws_have_the_probabilities(rate, alpha):
    """Chi-squared over the counts that are expected at least 20 times and the rest; false alarm 1e-5."""
    p = counts(tensor(rate)) if alpha is None else overdispersed(tensor(rate), tensor(alpha))
    n, x = 20_000, torch.arange(3000, dtype=D)
    with isolated("counts", rate, alpha):
        seen = torch.bincount(p.sample((n,)).long().clamp(max=2999), minlength=3000)
    expected = n * p.log_prob(x).exp()
    often = expected >= 20
    rest = torch.stack([n - expected[often].sum(), (n - seen[often].sum()).double()])
    square = ((seen - expected).square() / expected)[often].sum() + (rest[1] - rest[0]).square() / rest[0].clamp(min=1)
    assert stats.chi2.sf(square.item(), int(often.sum())) > 1e-5


# -- the start, the scale and the point -----------------------------------------------------------------------------


@pytest.mark.parametrize("dispersion", ["shared", "dimension", "decoder"])
def test_counts_start_at_the_mean_and_the_dispersion_of_the_data(dispersion):
    with isolated("counts"):
        x = overdispersed(tensor([3.0, 400.0]), tensor([0.5, 0.5])).sample((20_000,)).float()
    for likelihood in (Poisson(Event((2,))), NegativeBinomial(Event((2,)), dispersion)):
        likelihood.initialise(x)
        p = likelihood(torch.zeros(1, *likelihood.features))
        torch.testing.assert_close(likelihood.point(p)[0], x.mean(0), rtol=1e-3, atol=0)
    assert (p.base.dispersion - 0.5).abs().max() < 0.06


def test_a_cell_that_never_counted_is_rare_and_not_impossible():
    for likelihood in (Poisson(Event((1,))), NegativeBinomial(Event((1,)))):
        likelihood.initialise(torch.zeros(999, 1))
        log_p = likelihood(torch.zeros(1, *likelihood.features)).log_prob(torch.ones(1, 1)).item()
        assert -9 < log_p < -7  # about 1 in 2000


def test_dispersion_is_learned_where_it_should_be():
    with isolated("learn"):
        x = overdispersed(tensor([5.0, 5.0]), tensor([0.1, 2.0])).sample((2000,)).float()
    likelihood = NegativeBinomial(Event((2,)), "dimension")
    optimiser = torch.optim.LBFGS(likelihood.parameters(), max_iter=15, line_search_fn="strong_wolfe")
    likelihood.initialise(x)
    likelihood.start.fill_(1.0)

    def closure():
        optimiser.zero_grad()
        loss = -likelihood(torch.zeros(len(x), 2, 1)).log_prob(x).mean()
        loss.backward()
        return loss

    optimiser.step(closure)
    alpha = likelihood(torch.zeros(1, 2, 1)).base.dispersion.detach()
    assert abs(alpha[0] - 0.1) < 0.02 and abs(alpha[1] - 2.0) < 0.15


@pytest.mark.parametrize("wrong", [0.5, -1.0])
@pytest.mark.parametrize("kind", [Poisson, NegativeBinomial])
def test_values_that_are_no_counts_are_refused(kind, wrong):
    x = torch.arange(40.0).reshape(20, 2)
    assert check_support(data.read(x), kind(Event((2,)))) == ""
    with pytest.raises(DataError, match=r"cannot take. It describes counts 0, 1, 2"):
        check_support(data.read(x + wrong), kind(Event((2,))))
