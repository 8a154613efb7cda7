"""The point: what a generator without density makes, and what it says when asked for a likelihood."""

import math

import pytest
import torch

from jamjae import recipes
from jamjae.core import Delta, Event, Undefined, UsageError
from jamjae.likelihoods import Gaussian, Point
from jamjae.models import LatentModel
from jamjae.networks import MLP
from jamjae.priors import Gaussian as GaussianPrior


def generator(event: Event) -> LatentModel:
    return LatentModel(GaussianPrior((2,)), MLP((2,), (*event.shape, 1), widths=(8,)), Point(event))


def test_a_generator_makes_examples_and_has_no_likelihood():
    model = generator(Event((3,)))
    x = model.sample(5)
    p = model.decode(torch.zeros(4, 2))
    assert x.shape == (5, 3) and torch.equal(p.sample(), p.mean)
    with pytest.raises(Undefined, match="a point has no density, so this model has no likelihood"):
        model.log_joint(x, torch.zeros(5, 2))


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1.0, 1.0), (-7.3, 0.7)])
def test_a_finite_range_is_never_left_and_nearly_reached(low, high):
    point = Point(Event((2,), low=low, high=high))
    x = point(torch.tensor([[-1e4, 1e4], [-9.0, 9.0]])[..., None]).mean
    assert point.support.check(x).all()
    away = (x - torch.tensor([low, high])).abs() / (high - low)
    assert (away[0] < 1e-6).all() and (away[1] < 2e-4).all()


@pytest.mark.parametrize("high", [math.inf, 5.0])
def test_an_open_range_is_met_by_the_data_s_own_position_and_scale(high):
    torch.manual_seed(0)
    x = 1000 + torch.tensor([1.0, 50.0]) * torch.randn(4000, 2)
    point = Point(Event((2,), high=high))
    point.initialise(x)
    h = torch.randn(4000, 2, 1)
    torch.testing.assert_close(point(h).mean.mean(0), x.mean(0), rtol=0, atol=3.0)
    torch.testing.assert_close(point(h).mean.std(0), x.std(0), rtol=0.05, atol=0)


def test_a_cell_that_never_changes_can_still_learn():
    point = Point(Event((2,), low=0.0, high=1.0))
    point.initialise(torch.tensor([[0.0, 1.0]]).expand(50, 2))
    h = torch.zeros(1, 2, 1, requires_grad=True)
    (slope,) = torch.autograd.grad(point(h).mean.sum(), h)
    assert (slope > 5e-3).all() and (point(h).mean.detach() - torch.tensor([0.0, 1.0])).abs().max() < 0.011


def test_categories_are_refused_with_what_to_use_and_bits_are_not():
    with pytest.raises(UsageError, match=r"must hold numbers.*5 categories.* Use --likelihood categorical"):
        Point(Event((3,), low=0.0, high=4.0, levels=5))
    assert isinstance(Point(Event((3,), low=0.0, high=1.0, levels=2))(torch.zeros(1, 3, 1)), Delta)


# -- sigma-vae ------------------------------------------------------------------------------------------------------


def test_sigma_vae_sees_grey_values_and_fits_its_noise_in_closed_form():
    event = Event((8, 8, 1), "image", 0.0, 1.0)
    assert "sigma-vae" in recipes.GREY
    model, _ = recipes.assemble(recipes.find("sigma-vae")(event), event, (2,))
    likelihood = model.likelihood
    assert isinstance(likelihood, Gaussian) and likelihood.variance == "optimal" and not list(likelihood.parameters())


def test_sigma_vae_refuses_categories():
    with pytest.raises(UsageError, match=r"needs numbers.*5 categories"):
        recipes.find("sigma-vae")(Event((3,), levels=5))
