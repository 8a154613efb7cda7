"""Laws of the likelihoods: the density is one, and the draws come from it."""

import pytest
import torch
from discovered import DTYPES, LEADS, classes, examples, gradients_are_finite, make, normal, rebuilt, scrambled
from numerics import cumulative, line, uniform
from torch import Tensor

from jamjae.core import Delta, Product, Undefined, isolated
from jamjae.core.joint import Joint
from jamjae.core.sequence import Sequence
from jamjae.core.shapes import missing
from jamjae.networks import Network


def is_point(one) -> bool:
    return type(one(normal((2, *one.features)))) is Delta


LIKELIHOODS = examples("likelihoods")
POINTS = examples("likelihoods", is_point)
WITH_DENSITY = examples("likelihoods", lambda one: not is_point(one))
ONE_CELL = examples("likelihoods", lambda one: not is_point(one) and one.event.cells == 1)
PLAIN = examples(
    "likelihoods", lambda one: not is_point(one) and not any(isinstance(m, Network) for m in one.modules())
)
INCOMPLETE = examples("likelihoods", lambda one: not is_point(one) and one.event.missing)


def drawn(likelihood, lead=(64,), shift: float = 0.0, seed: int = 0) -> Tensor:
    """Draws from p(x | h) at random h; where the event allows it, a third of the cells is missing."""
    with isolated("draw", seed):
        dtype = next(likelihood.buffers()).dtype
        x = likelihood(normal((*lead, *likelihood.features), seed, dtype) + shift).sample()
        if likelihood.event.missing:
            gone = torch.rand(x.shape) < 1 / 3
            x = x.masked_fill(gone, float("nan") if x.is_floating_point() else -1)
    return x


@pytest.mark.parametrize("cls", classes("likelihoods"))
def test_there_are_examples_with_one_cell_with_missing_cells_and_with_an_image(cls):
    events = [one.event for one in cls.examples()]
    assert any(e.cells == 1 for e in events) and any(e.missing for e in events)
    assert any(len(e.shape) == 3 for e in events) or all(e.kind == "table" for e in events)


@pytest.mark.parametrize("cls", classes("likelihoods"))
def test_the_loss_has_a_name(cls):
    assert cls.loss and cls.loss[0].isalpha()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("lead", LEADS, ids=str)
@pytest.mark.parametrize("which", LIKELIHOODS)
def test_shapes(which, lead, dtype):
    likelihood = scrambled(make(which)).to(dtype)
    p = likelihood(normal((*lead, *likelihood.features), dtype=dtype))
    x = drawn(likelihood, lead)
    assert tuple(p.batch_shape) == lead and tuple(p.event_shape) == likelihood.event.shape
    assert x.shape == likelihood.point(p).shape == (*lead, *likelihood.event.shape)
    if not is_point(likelihood):
        assert isinstance(p, (Product, Joint, Sequence)) and p.cells(x).shape == x.shape
        assert p.log_prob(x).shape == lead and p.log_prob(x).dtype == dtype


@pytest.mark.parametrize("which", POINTS)
def test_a_point_says_that_it_has_no_density(which):
    likelihood = make(which)
    p = likelihood(normal((2, *likelihood.features)))
    with pytest.raises(Undefined, match="no density"):
        p.log_prob(likelihood.point(p))


@pytest.mark.parametrize("which", WITH_DENSITY)
def test_single_and_double_precision_agree(which):
    likelihood = scrambled(make(which))
    x, h = drawn(likelihood), normal((64, *likelihood.features), dtype=torch.float64)
    single = likelihood(h.float()).log_prob(x)
    double = likelihood.double()(h).log_prob(x.double() if x.is_floating_point() else x)
    torch.testing.assert_close(single.double(), double, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("which", WITH_DENSITY)
def test_density_is_the_same_with_and_without_gradients(which):
    likelihood = scrambled(make(which))
    x, h = drawn(likelihood, (3, 5)), 6 * normal((3, 5, *likelihood.features))
    tracked = likelihood(h).log_prob(x)
    with torch.no_grad():
        torch.testing.assert_close(likelihood(h).log_prob(x), tracked, rtol=1e-5, atol=1e-5)


def masses(likelihood, features: Tensor, x: Tensor) -> Tensor:
    """P(X <= x) of a likelihood of one cell, at the points of `line`."""

    def log_prob(v: Tensor) -> Tensor:
        return likelihood(features.expand(len(v), *features.shape)).log_prob(v[:, None])

    return cumulative(log_prob, x, likelihood.support.is_discrete)


@pytest.mark.parametrize("h", [0.0, 0.05, 0.7, -3.0, 12.0, 40.0])
@pytest.mark.parametrize("which", ONE_CELL)
def test_density_adds_up_to_one(which, h):
    likelihood = make(which).double()
    features = h * (1 + normal(likelihood.features, dtype=torch.float64)).sign()
    p = likelihood(features)
    x = line(likelihood.support, float(likelihood.point(p).sum()), 1.0)
    assert abs(masses(likelihood, features, x)[-1] - 1) < 1e-6


@pytest.mark.parametrize("h", [0.0, 1.5, -4.0])
@pytest.mark.parametrize("which", ONE_CELL)
def test_draws_have_the_density(which, h):
    """Probability-integral transform: P(X < x) + v P(X = x) is uniform. (Heavy tails have no mean to test.)"""
    likelihood = make(which).double()
    features = torch.full(likelihood.features, h, dtype=torch.float64) * torch.linspace(1, 2, likelihood.channels)
    p = likelihood(features)
    x = line(likelihood.support, float(likelihood.point(p).sum()), 1.0)
    below = masses(likelihood, features, x)
    with isolated("pit"):
        draws, v = p.sample((4000,))[:, 0], torch.rand(4000, dtype=torch.float64)
    at = torch.searchsorted(x, draws.to(x.dtype).contiguous())
    before = torch.where(at > 0, below[(at - 1).clamp(min=0)], 0.0)
    if likelihood.support.is_discrete:
        uniform(before + v * (below[at] - before))
    else:
        share = (draws - x[(at - 1).clamp(min=0)]) / (x[at] - x[(at - 1).clamp(min=0)])
        uniform(before + share.nan_to_num(0.0) * (below[at] - before))


@pytest.mark.parametrize("which", LIKELIHOODS)
def test_draws_and_points_lie_where_they_should(which):
    likelihood = scrambled(make(which))
    p = likelihood(4 * normal((50, *likelihood.features)))
    with isolated("support"):
        x = p.sample((20,))
    accepts = likelihood.accepts if likelihood.accepts is not None else likelihood.support
    points = likelihood.points if likelihood.points is not None else accepts
    made = likelihood.point(p)
    after = likelihood.event.kind == "text"  # nothing follows the end of a text
    gone, unmade = (missing(v) if after else torch.zeros(()).bool() for v in (x, made))
    assert (likelihood.support.check(x) | gone).all() and (accepts.check(x) | gone).all()
    assert (points.check(made) | unmade).all()


@pytest.mark.parametrize("which", INCOMPLETE)
def test_missing_cells_count_nothing(which):
    likelihood = scrambled(make(which))
    x, h = drawn(likelihood), normal((64, *likelihood.features)).requires_grad_()
    gone = missing(x)
    cells = likelihood(h).cells(x)
    assert gone.any() and (~gone).any()
    assert (cells[gone] == 0).all() and (cells[~gone] != 0).all()
    torch.testing.assert_close(likelihood(h).log_prob(x), cells.flatten(1).sum(1))
    (slope,) = torch.autograd.grad(likelihood(h).log_prob(x).sum(), h)
    assert slope.isfinite().all()
    if slope.shape[: gone.ndim] == gone.shape:  # the features of a table are no grid of cells
        assert (slope[gone] == 0).all()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("size", [1e4, -1e4])
@pytest.mark.parametrize("which", WITH_DENSITY)
def test_extreme_features_give_finite_densities_and_gradients(which, size, dtype):
    likelihood = make(which).to(dtype)
    sign = torch.linspace(1, -0.5, likelihood.channels, dtype=dtype)
    h = (size * sign).expand(6, *likelihood.features).clone().requires_grad_()
    with torch.no_grad():
        points = [likelihood.point(likelihood(at)) for at in (torch.zeros_like(h), h)]
    for x in (drawn(likelihood, (6,)), *points):
        log_p = likelihood(h).log_prob(x)
        (slope,) = torch.autograd.grad(log_p.sum(), h)
        assert log_p.isfinite().all() and slope.isfinite().all()


@pytest.mark.parametrize("which", PLAIN)  # what a network makes of h = 0 is its own
def test_initialise_makes_zero_features_describe_the_data(which):
    likelihood = make(which)
    x = drawn(likelihood, (512,), shift=1.5)
    h = torch.zeros(512, *likelihood.features)
    before = likelihood(h).log_prob(x).mean().item()
    likelihood.initialise(x)
    assert likelihood(h).log_prob(x).mean().item() > before + 1e-3
    again = rebuilt(likelihood)
    assert torch.equal(again(h).log_prob(x), likelihood(h).log_prob(x))


@pytest.mark.parametrize("which", POINTS)
def test_initialise_makes_zero_features_the_average_example(which):
    likelihood = make(which)
    x = drawn(likelihood, (512,), shift=0.7)
    likelihood.initialise(x)
    h = torch.zeros(1, *likelihood.features)
    torch.testing.assert_close(likelihood.point(likelihood(h))[0], x.nanmean(0), rtol=0, atol=1e-5)
    assert torch.equal(likelihood(h).mean, rebuilt(likelihood)(h).mean)


@pytest.mark.parametrize("which", LIKELIHOODS)
def test_initialise_survives_constant_and_unobserved_cells(which):
    likelihood = make(which)
    x = likelihood.point(likelihood(torch.zeros(8, *likelihood.features)))
    likelihood.initialise(x)
    if likelihood.event.missing:
        gap = float("nan") if x.is_floating_point() else -1
        likelihood.initialise(torch.full_like(x, gap))
    assert all(b.isfinite().all() for b in likelihood.state_dict().values())
    p = likelihood(torch.zeros(8, *likelihood.features))
    assert (likelihood.point(p) if is_point(likelihood) else p.log_prob(x)).isfinite().all()


@pytest.mark.parametrize("which", LIKELIHOODS)
def test_gradients_reach_features_and_parameters_and_inputs_stay(which):
    likelihood = scrambled(make(which))
    x, h = drawn(likelihood), normal((64, *likelihood.features)).requires_grad_()
    kept_x, kept_h = x.clone(), h.detach().clone()
    likelihood.initialise(x)
    p = likelihood(h)
    likelihood.update(likelihood.statistics(p, x))
    (likelihood.point(p) if is_point(likelihood) else p.log_prob(x)).mean().backward()
    assert h.grad is not None and h.grad.isfinite().all() and h.grad.abs().sum() > 0
    gradients_are_finite(likelihood)
    assert torch.equal(x.nan_to_num(-9.0), kept_x.nan_to_num(-9.0)) and torch.equal(h.detach(), kept_h)


@pytest.mark.parametrize("which", WITH_DENSITY)
def test_statistics_carry_no_gradient_and_update_keeps_the_density_finite(which):
    likelihood = make(which)
    x, h = drawn(likelihood), normal((64, *likelihood.features)).requires_grad_()
    for _ in range(3):
        statistics = likelihood.statistics(likelihood(h), x)
        assert not any(s.requires_grad for s in statistics.values())
        with torch.no_grad():
            likelihood.update(statistics)
    assert likelihood(h).log_prob(x).isfinite().all()


@pytest.mark.parametrize("which", LIKELIHOODS)
def test_same_seed_same_draws(which):
    likelihood = make(which)
    p = likelihood(normal((5, *likelihood.features)))
    draws = []
    for _ in range(2):
        with isolated("same"):
            draws.append(p.sample((3,)))
    assert torch.equal(*draws) and draws[0].shape == (3, 5, *likelihood.event.shape)
