"""Student-t and log-normal against scipy and exact arithmetic; their scales in closed form."""

import math

import mpmath
import pytest
import torch
from scipy import stats

from jamjae import data
from jamjae.core import DataError, Event, UsageError, isolated
from jamjae.likelihoods import LogNormal, StudentT
from jamjae.likelihoods.log_normal import Exponential
from jamjae.likelihoods.student_t import T
from jamjae.training.support import check_support

D = torch.float64


def tensor(value, dtype=D):
    return torch.tensor(value, dtype=dtype)


@pytest.mark.parametrize("df", [0.3, 1.0, 2.5, 30.0, 1e4, 1e7])
def test_student_t_is_scipy_s(df):
    x, loc, scale = torch.linspace(-50, 60, 331, dtype=D), tensor(1.3), tensor(0.7)
    expected = tensor(stats.t.logpdf(x.numpy(), df, 1.3, 0.7))
    assert (T(df, loc, scale).log_prob(x) - expected).abs().max() < (1e-10 if df < 1e6 else 1e-6)


@pytest.mark.parametrize("df", [9e4, 1.1e5, 1e7, 1e15])
def test_student_t_keeps_its_constant_where_scipy_s_gamma_functions_cancel(df):
    with mpmath.workdps(60):
        nu = mpmath.mpf(df)
        exact = mpmath.loggamma((nu + 1) / 2) - mpmath.loggamma(nu / 2) - mpmath.log(nu * mpmath.pi) / 2
    for dtype, tolerance in ((D, 1e-10), (torch.float32, 1e-6)):
        found = T(df, tensor(0.0, dtype), tensor(1.0, dtype)).log_prob(tensor(0.0, dtype)).item()
        assert abs(found - float(exact)) < tolerance


def test_student_t_becomes_the_gaussian():
    x = torch.linspace(-4, 4, 81, dtype=D)
    found = T(1e12, tensor(0.0), tensor(1.0)).log_prob(x)
    assert (found - torch.distributions.Normal(tensor(0.0), tensor(1.0)).log_prob(x)).abs().max() < 1e-9


@pytest.mark.parametrize("sigma", [0.05, 1.0, 3.0])
def test_log_normal_is_scipy_s(sigma):
    x = torch.logspace(-8, 8, 200, dtype=D)
    p = Exponential(tensor(0.4), tensor(sigma))
    expected = tensor(stats.lognorm.logpdf(x.numpy(), sigma, scale=math.exp(0.4)))
    assert ((p.log_prob(x) - expected) / expected.abs().clamp(min=1)).abs().max() < 1e-10
    known = stats.lognorm(sigma, scale=math.exp(0.4))
    for found, value in ((p.mean, known.mean()), (p.variance, known.var()), (p.median, known.median())):
        assert found.item() == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("df", [0.8, 3.0, 1e6])
def test_draws_have_student_s_distribution(df):
    with isolated("student", df):
        x = T(df, tensor(2.0), tensor(3.0)).sample((5000,))
    assert stats.kstest(x.numpy(), stats.t(df, 2.0, 3.0).cdf).pvalue > 1e-5


def test_student_t_starts_where_the_data_is_and_not_at_its_outliers():
    torch.manual_seed(0)
    x = 7 + 0.5 * torch.randn(1000, 2)
    x[::100] = 1e6
    likelihood = StudentT(Event((2,)))
    likelihood.initialise(x)
    assert (likelihood.shift - 7).abs().max() < 0.1 and (likelihood.scale - 0.5).abs().max() < 0.05


@pytest.mark.parametrize("df", [1.0, 4.0])
def test_optimal_sigma_of_student_t_is_the_most_likely_one(df):
    torch.manual_seed(0)
    e, h = 0.3 * torch.distributions.StudentT(df).sample((1000, 2)), torch.zeros(1000, 2, 1)
    for start in (0.01, 30.0):
        likelihood = StudentT(Event((2,)), "optimal", sigma=start, df=df)
        for _ in range(300):
            likelihood.update(likelihood.statistics(likelihood(h), e))
        best = likelihood.deviation().item()
        values = [StudentT(Event((2,)), "fixed", best * f, df=df)(h).log_prob(e).mean() for f in (0.98, 1.0, 1.02)]
        assert values[1] > values[0] and values[1] > values[2]


def test_optimal_sigma_of_log_normal_is_that_of_the_logarithm():
    torch.manual_seed(0)
    x = (2 + 0.3 * torch.randn(4000, 2)).exp()
    likelihood = LogNormal(Event((2,), low=0.0), "optimal")
    likelihood.initialise(x)
    torch.testing.assert_close(likelihood.deviation(), x.log().std(0).square().mean().sqrt(), rtol=1e-3, atol=0)
    likelihood.log_variance.fill_(3.0)
    for _ in range(400):
        likelihood.update(likelihood.statistics(likelihood(torch.zeros(len(x), 2, 1)), x))
    torch.testing.assert_close(likelihood.deviation(), x.log().std(0).square().mean().sqrt(), rtol=1e-3, atol=0)
    h = torch.zeros(1, 2, 1)
    torch.testing.assert_close(likelihood.point(likelihood(h))[0], x.log().mean(0).exp(), rtol=1e-5, atol=0)


@pytest.mark.parametrize("kind", [StudentT, LogNormal])
def test_density_is_in_the_units_of_the_data(kind):
    """Scaling the data by 1000 costs exactly ln 1000 nats per cell."""
    torch.manual_seed(0)
    x = torch.randn(500, 2, dtype=D).exp()
    values = []
    for unit in (1.0, 1000.0):
        likelihood = kind(Event((2,))).double()
        likelihood.initialise(unit * x)
        values.append(likelihood(torch.zeros(500, 2, 1, dtype=D)).log_prob(unit * x).mean().item())
    assert abs(values[0] - values[1] - 2 * math.log(1000)) < 1e-4


@pytest.mark.parametrize("df", [0.0, -1.0, math.inf])
def test_degrees_of_freedom_must_be_positive_and_finite(df):
    with pytest.raises(UsageError, match="`df` must be positive"):
        StudentT(df=df)


def test_gradients_are_those_of_finite_differences():
    torch.manual_seed(0)
    first, second = torch.randn(2, 7, dtype=D).requires_grad_(), torch.randn(7, dtype=D).requires_grad_()
    for x in (0.1, 4.0):
        for f in (lambda a, b: T(2.5, a, b.exp()), lambda a, b: Exponential(a, b.exp())):
            inputs = (first, second)
            assert torch.autograd.gradcheck(lambda *i: f(*i).log_prob(tensor(x)), inputs, atol=1e-6, rtol=1e-6)  # noqa: B023


@pytest.mark.parametrize("wrong", [0.0, -2.0])
def test_log_normal_refuses_what_is_not_positive(wrong):
    x = torch.arange(1.0, 41.0).reshape(20, 2)
    assert check_support(data.read(x), LogNormal(Event((2,)))) == ""
    x[:, 1] = wrong
    with pytest.raises(DataError, match=r"cannot take. It describes numbers above 0"):
        check_support(data.read(x), LogNormal(Event((2,))))
