"""The discretised logistic: probabilities of a grid, for any position and width, and the grid that the data has."""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from jamjae import data
from jamjae.core import DataError, Event, UsageError, isolated
from jamjae.likelihoods import DiscretisedLogistic
from jamjae.likelihoods.discretised_logistic import Grid, Rounded
from jamjae.training.support import check_support

D = torch.float64
BYTES = Grid(0.0, 1.0, 256)
PLACES = [-1e4, -1.0, 0.0, 0.5, 0.502, 1.0, 30.0]
WIDTHS = [3e-5, 1e-3, 0.02, 0.5, 40.0, 1e4]


def one(grid, loc, scale, dtype=D) -> Rounded:
    return Rounded(grid, *(torch.tensor([v], dtype=dtype) for v in (loc, scale, 0.0)))


def mixture(seed=0, k=4, dtype=D) -> Rounded:
    """A mixture with components inside, at the edge and outside of the grid."""
    with isolated(seed):
        parts = (
            torch.rand(k, dtype=dtype) * 1.6 - 0.3,
            torch.rand(k, dtype=dtype) * 0.1 + 1e-3,
            torch.randn(k, dtype=dtype),
        )
    return Rounded(BYTES, *parts)


@pytest.mark.parametrize("scale", WIDTHS)
@pytest.mark.parametrize("loc", PLACES)
def test_oracle_06_the_probabilities_of_256_values_add_up_to_one(loc, scale):
    assert abs(one(BYTES, loc, scale).log_prob(BYTES.values(D)).exp().sum().item() - 1) < 1e-10


@pytest.mark.parametrize("levels", [2, 17, 256, 65536])
def test_so_do_those_of_mixtures_and_of_other_grids(levels):
    grid = Grid(-3.0, 5.0, levels)
    p = Rounded(
        grid, torch.tensor([-2.0, 0.3, 5.5], dtype=D), torch.tensor([0.01, 1.0, 3.0], dtype=D), torch.randn(3).double()
    )
    assert abs(p.log_prob(grid.values(D)).exp().sum().item() - 1) < 1e-10


@pytest.mark.parametrize("scale", [1e-3, 0.02, 0.5])
@pytest.mark.parametrize("loc", [-0.1, 0.5, 0.502, 1.0])
def test_they_are_differences_of_the_distribution_function(loc, scale):
    x = BYTES.values(D)
    edges = np.concatenate([[-np.inf], (x[:-1] + BYTES.step / 2).numpy(), [np.inf]])
    f, g = stats.logistic(loc, scale).cdf(edges), stats.logistic(loc, scale).sf(edges)
    expected = torch.tensor(np.where(edges[1:] < loc, np.diff(f), -np.diff(g)))  # from the side that does not cancel
    assert (one(BYTES, loc, scale).log_prob(x).exp() - expected).abs().max() < 1e-12
    sure = expected > 1e-12
    assert (one(BYTES, loc, scale).log_prob(x) - expected.log())[sure].abs().max() < 1e-3


@pytest.mark.parametrize("dtype", [torch.float32, D])
@pytest.mark.parametrize("scale", WIDTHS)
@pytest.mark.parametrize("loc", PLACES)
def test_values_and_gradients_are_finite_everywhere_and_far_out_they_still_point_home(loc, scale, dtype):
    mu, s = torch.tensor([loc], dtype=dtype, requires_grad=True), torch.tensor([scale], dtype=dtype, requires_grad=True)
    log_p = Rounded(BYTES, mu, s, torch.zeros(1, dtype=dtype)).log_prob(BYTES.values(dtype))
    slopes = torch.autograd.grad(log_p[100], (mu, s))
    assert log_p.isfinite().all() and (log_p <= 0).all() and all(g.isfinite().all() for g in slopes)
    away = (BYTES.values(dtype)[100] - mu).detach()
    if away.abs() > max(scale, BYTES.step):
        assert (slopes[0] * away > 0).all()  # towards the value, however far: a clamped probability has no slope


def test_gradients_are_those_of_finite_differences():
    x = BYTES.values(D)[[0, 1, 100, 254, 255]].unsqueeze(-1)
    torch.manual_seed(0)
    inputs = tuple(
        t.requires_grad_()
        for t in (torch.rand(6, 3, dtype=D), torch.rand(6, 3, dtype=D) - 3, torch.randn(6, 3, dtype=D))
    )
    assert torch.autograd.gradcheck(
        lambda mu, s, a: Rounded(BYTES, mu, s.exp(), a).log_prob(x), inputs, atol=1e-6, rtol=1e-6
    )


@pytest.mark.parametrize("which", [lambda: one(BYTES, 0.503, 0.004), lambda: one(BYTES, 0.95, 0.2), mixture])
def test_draws_have_the_probabilities(which):
    """Chi-squared over the values that are expected at least 10 times and the rest; false alarm 1e-5."""
    p, n, x = which(), 20_000, BYTES.values(D)
    with isolated("grid"):
        draws = p.sample((n,))
    assert BYTES.check(draws).all()
    seen, expected = torch.bincount(BYTES.number(draws).long(), minlength=256), n * p.log_prob(x).exp()
    often = expected >= 10
    rest = expected[~often].sum(), seen[~often].sum()
    square = ((seen - expected).square() / expected)[often].sum() + (rest[1] - rest[0]).square() / rest[0].clamp(min=1)
    assert stats.chi2.sf(square.item(), int(often.sum())) > 1e-5


@pytest.mark.parametrize("scale", [1e-4, 1e-3, 0.01, 0.3, 4.0])
@pytest.mark.parametrize("loc", [-0.2, 0.1, 0.5007, 1.5])
def test_the_mean_is_right_to_half_a_step_and_to_all_digits_where_the_width_covers_steps(loc, scale):
    p, x = one(BYTES, loc, scale), BYTES.values(D)
    exact = (p.log_prob(x).exp() * x).sum().item()
    assert abs(p.mean.item() - exact) <= BYTES.step / 2 + 1e-12
    if scale >= 4 * BYTES.step:
        assert abs(p.mean.item() - exact) < 1e-5


def test_the_range_decides_nothing_but_the_names_of_the_values():
    p, q = one(BYTES, 0.3, 0.05), one(Grid(-1.0, 1.0, 256), -0.4, 0.1)
    torch.testing.assert_close(p.log_prob(BYTES.values(D)), q.log_prob(Grid(-1.0, 1.0, 256).values(D)))


@pytest.mark.parametrize("components", [1, 2, 5, 30])
def test_the_components_stand_side_by_side_and_have_the_data_s_mean_and_deviation(components):
    torch.manual_seed(0)
    grid = Grid(0.0, 1.0, 256)
    x = grid.values()[(128 + 20 * torch.randn(4000, 2)).round().long().clamp(0, 255)]
    likelihood = DiscretisedLogistic(Event((2,), low=0.0, high=1.0), components=components)
    likelihood.initialise(x)
    with isolated("start"):
        draws = likelihood(torch.zeros(20_000, *likelihood.features)).sample()
    torch.testing.assert_close(draws.mean(0), x.mean(0), rtol=0, atol=3e-3)
    torch.testing.assert_close(draws.std(0), x.std(0), rtol=0.1, atol=0)
    assert len(likelihood(torch.zeros(1, *likelihood.features)).base.loc[0, 0].unique()) == components


# -- where the grid comes from --------------------------------------------------------------------------------------


def pictures(values) -> np.ndarray:
    x = np.asarray(values)
    return np.random.default_rng(0).choice(x, (60, 4, 4)).astype(x.dtype)


def test_8_bit_pictures_and_the_built_in_sets_know_their_values():
    eight_bits = data.read(pictures(np.arange(256, dtype=np.uint8)), binarise="none")
    for dataset, levels in ((eight_bits, 256), (data.read("digits", binarise="none"), 17), (data.read("shapes"), 256)):
        likelihood = DiscretisedLogistic(dataset.event)
        assert likelihood.grid.levels == levels and check_support(dataset, likelihood) == ""


def test_binarised_pictures_have_two_values():
    dataset = data.read("digits", binarise="stochastic")
    likelihood = DiscretisedLogistic(dataset.event)
    assert likelihood.grid.levels == 2 and check_support(dataset, likelihood) == ""


def test_values_off_the_grid_are_refused_with_what_to_type():
    dataset = data.read(pictures(np.linspace(0, 1, 17)))  # floats: nobody knows how many values there are
    with pytest.raises(
        DataError, match=r"`discretised-logistic` cannot take. It knows 256 values from 0 to 1: pass --likel"
    ):
        check_support(dataset, DiscretisedLogistic(dataset.event))
    assert check_support(dataset, DiscretisedLogistic(dataset.event, levels=17)) == ""


@pytest.mark.parametrize("levels", [2, 17, 256, 65536])
def test_the_grid_knows_its_values_in_single_precision_and_no_others(levels):
    grid = Grid(0.0, 1.0, levels)
    x = torch.arange(levels) / (levels - 1)
    assert grid.check(x).all() and torch.equal(grid.number(x), torch.arange(levels).float())
    assert (
        not grid.check(x[:-1] + 0.5 * grid.step).any()
        and not grid.check(torch.tensor([-grid.step, 1 + grid.step, math.nan])).any()
    )


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"event": Event((2,))}, "`event` needs finite `low` and `high`; got .* Use --likelihood gaussian"),
        ({"levels": 1}, "`levels` must be at least 2; got 1"),
        ({"levels": -3}, "`levels` must be at least 2; got -3"),
        ({"components": 0}, "`components` must be at least 1; got 0"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(arguments, match):
    with pytest.raises(UsageError, match=match):
        DiscretisedLogistic(**arguments)
