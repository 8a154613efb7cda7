"""Laws of the penalties: a cost per pack whose gradient is right, in every nesting that training needs."""

import pytest
import torch
from discovered import examples, make, normal
from torch import nn

from jamjae.core import isolated

PENALTIES = examples("penalties")


def critic():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 1)).double()


def cost_of(penalty, net, real, fake):
    with isolated("penalty"):
        return penalty(lambda x: net(x.flatten(1))[:, 0], real, fake)


@pytest.fixture
def shown():
    return normal((6, 1, 3), 1, torch.float64), normal((6, 1, 3), 2, torch.float64)


@pytest.mark.parametrize("which", PENALTIES)
def test_a_cost_per_pack_that_is_not_negative_or_none(which, shown):
    cost = cost_of(make(which), critic(), *shown)
    assert cost is None or (cost.shape == (6,) and (cost >= 0).all() and cost.isfinite().all())


@pytest.mark.parametrize("which", PENALTIES)
def test_a_flat_critic_costs_nothing_where_that_is_claimed(which, shown):
    penalty, net = make(which), critic()
    nn.init.zeros_(net[2].weight)
    cost = cost_of(penalty, net, *shown)
    assert not penalty.flat or (cost == 0).all()
    if cost is not None and not penalty.flat:
        assert (cost > 0).all()


@pytest.mark.parametrize("which", PENALTIES)
def test_the_gradient_agrees_with_finite_differences(which, shown):
    penalty, net = make(which), critic()
    cost = cost_of(penalty, net, *shown)
    if cost is None:
        return
    slopes = torch.autograd.grad(cost.mean(), list(net.parameters()), allow_unused=True)
    for p, slope in zip(net.parameters(), slopes, strict=True):
        for index in range(p.numel()):
            values = []
            for step in (1e-5, -1e-5):
                with torch.no_grad():
                    p.view(-1)[index] += step
                    values.append(cost_of(penalty, net, *shown).mean().item())
                    p.view(-1)[index] -= step
            numeric = (values[0] - values[1]) / 2e-5
            exact = 0.0 if slope is None else slope.view(-1)[index].item()
            assert numeric == pytest.approx(exact, rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("which", PENALTIES)
def test_the_cost_is_the_same_without_gradients(which, shown):
    penalty, net = make(which), critic()
    cost = cost_of(penalty, net, *shown)
    with torch.no_grad():
        again = cost_of(penalty, net, *shown)
    assert (cost is None and again is None) or torch.equal(cost, again)


@pytest.mark.parametrize("which", PENALTIES)
def test_a_penalty_costs_something_or_changes_the_weights(which, shown):
    penalty, net = make(which), critic()
    before = [p.clone() for p in net.parameters()]
    with torch.no_grad():
        penalty.after(net)
    changed = any(not torch.equal(a, b) for a, b in zip(before, net.parameters(), strict=True))
    assert changed or cost_of(penalty, net, *shown).mean() > 0
