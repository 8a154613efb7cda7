"""Laws of the objectives: pure, per example, and a bound where one is claimed."""

import copy

import pytest
import torch
from discovered import examples, gradients_are_finite, normal
from discovered import make as example
from linear import evidence, linear_model, make_exact
from numerics import SIGMAS
from torch.distributions import Normal

from jamjae.core import isolated
from jamjae.core.errors import Undefined
from jamjae.objectives import IWAE
from jamjae.objectives.base import Batch

OBJECTIVES = examples("objectives")
BOUNDS = examples("objectives", lambda one: one.bound is not None)
SEPARABLE = examples("objectives", lambda one: one.separable)
LATE = torch.tensor(10**6)


def make(which):
    """An example in double precision; its critic, if it has one, is for the models of `linear`: 4 columns, 2 axes."""
    return example(which).double()


def pair(which):
    """The objective and a model for it: one that is told a label and can tell it, where the objective asks for that."""
    objective, plain = make(which), linear_model()
    try:
        objective.terms(next(iter(objective.players(plain))), plain, batch_of(data()), LATE)
    except Undefined:
        return objective, linear_model(labels=3)
    return objective, plain


def batch_of(x):
    return Batch(x, None, len(x))


def data(n=8):
    return normal((n, 4), dtype=torch.float64)


def players(objective, model):
    return objective.players(model).items()


@pytest.mark.parametrize("which", OBJECTIVES)
def test_parts_are_per_example_and_the_loss_is_the_sum_of_their_means(which):
    objective, model = pair(which)
    for player, _ in players(objective, model):
        terms = objective.terms(player, model, batch_of(data()), LATE)
        lengths = [(8 // n,) for n in range(1, objective.group + 1)]  # one value per example, or for several of a group
        assert terms.parts and all(part.shape in lengths for part in terms.parts.values())
        assert all(v.shape in ((), *lengths) and not v.requires_grad for v in terms.logged.values())
        torch.testing.assert_close(terms.loss, sum(part.mean() for part in terms.parts.values()))
        assert terms.loss.isfinite() and not set(terms.parts) & set(terms.logged)


@pytest.mark.parametrize("which", OBJECTIVES)
def test_terms_are_pure(which):
    (objective, model), x = pair(which), data()
    model.train()
    before, kept = copy.deepcopy((model.state_dict(), objective.state_dict())), x.clone()
    for player, _ in players(objective, model):
        losses = []
        for _ in range(2):
            with isolated("pure"):
                losses.append(objective.terms(player, model, batch_of(x), LATE).loss)
        assert torch.equal(*losses)
    for old, new in zip(before, (model.state_dict(), objective.state_dict()), strict=True):
        assert all(torch.equal(old[name], new[name]) for name in old) and old.keys() == new.keys()
    assert torch.equal(x, kept) and all(p.grad is None and p.requires_grad for p in model.parameters())
    assert model.training


@pytest.mark.parametrize("which", OBJECTIVES)
def test_every_player_gets_a_gradient_for_all_it_may_change(which):
    objective, model = pair(which)
    for player, module in players(objective, model):
        objective.terms(player, model, batch_of(data(32)), LATE).loss.backward()
        gradients_are_finite(module, may_cancel=True)  # where scores have no origin, a number added to all cancels


@pytest.mark.parametrize("which", SEPARABLE)
def test_the_loss_of_an_example_does_not_depend_on_the_others(which, monkeypatch):
    (objective, model), x = pair(which), data(8)
    monkeypatch.setattr(Normal, "rsample", lambda p, shape=(): (p.loc + p.scale / 2).expand(*shape, *p.loc.shape))
    monkeypatch.setattr(torch, "rand", lambda shape, **options: torch.full(shape, 0.2, **options))
    for player, _ in players(objective, model):
        whole = objective.terms(player, model, batch_of(x), LATE).parts
        halves = [objective.terms(player, model, batch_of(half), LATE).parts for half in (x[:3], x[3:])]
        for name, part in whole.items():
            torch.testing.assert_close(part, torch.cat([half[name] for half in halves]), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("which", OBJECTIVES)
def test_a_step_of_descent_lowers_the_loss(which):
    (objective, model), x = pair(which), data(64)
    for player, module in players(objective, model):
        losses = []
        for rate in (0.01, 0.0):
            with isolated("descent"):
                loss = objective.terms(player, model, batch_of(x), LATE).loss
            losses.append(loss.item())
            slopes = torch.autograd.grad(loss, list(module.parameters()), allow_unused=True)
            with torch.no_grad():
                for p, slope in zip(module.parameters(), slopes, strict=True):
                    p -= 0 if slope is None else rate * slope
        assert losses[1] < losses[0]


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("which", BOUNDS)
def test_a_bound_is_one(which, exact):
    """E[-loss] <= log p(x) for every example, with the average over 2,000 draws inside its standard error."""
    (objective, model), x = pair(which), data(16)
    if exact:
        make_exact(model)
    with isolated("bound"), torch.no_grad():
        many = batch_of(x.repeat(2000, 1))
        parts = objective.terms("model", model, many, LATE).parts
        value = -sum(parts.values()).reshape(2000, 16)
        error = value.std(0) / 2000**0.5
        slack = (evidence(model, x) - value.mean(0)) / (error + 1e-9)
    assert slack.min() > -SIGMAS, "the value exceeds log p(x)"
    if objective.bound == "exact":
        assert slack.max() < SIGMAS


def test_the_importance_weighted_bound_rises_with_the_samples():
    model, x = linear_model(), data(4).repeat(500, 1)
    with isolated("tightening"), torch.no_grad():
        values = [-IWAE(k).terms("model", model, batch_of(x), LATE).loss for k in (1, 5, 50)]
        gap = evidence(model, x).mean() - values[-1]
    assert values[0] < values[1] - 0.05 < values[2] - 0.1 and 0 < gap < 0.2


def test_with_the_exact_posterior_every_single_weight_is_the_evidence():
    model, x = linear_model(), data(16)
    make_exact(model)
    with torch.no_grad():
        weights = model.log_weights(x, 7)
    torch.testing.assert_close(weights, evidence(model, x).expand(7, 16), rtol=1e-12, atol=1e-12)
