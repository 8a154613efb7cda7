"""A rate that is held at a number of nats."""

import pytest
import torch
from exact import linear_gaussian

from jamjae.core import UsageError, build
from jamjae.objectives import ELBO, Batch, ControlledCapacity, Objective
from jamjae.priors import Mixture
from jamjae.schedules import Linear

D = torch.float64


def model_and_data():
    model = linear_gaussian(shift=0.4, scale=1.3)
    torch.manual_seed(2)
    return model, 2 * torch.randn(32, 5, dtype=D)


def terms(objective, model, x, step=0):
    torch.manual_seed(1)
    return objective.terms("model", model, Batch(x, None, len(x)), torch.tensor(step))


@pytest.mark.parametrize(("step", "capacity"), [(0, 0.0), (25, 5.0), (100, 20.0), (10**9, 20.0)])
def test_the_loss_is_the_distance_of_the_mean_rate_from_a_capacity_that_rises(step, capacity):
    model, x = model_and_data()
    found = terms(ControlledCapacity(capacity=20.0, gamma=3.0, schedule=Linear(100)), model, x, step)
    plain = terms(ELBO(), model, x).parts
    expected = 3 * (plain["rate"].mean() - capacity).abs()
    torch.testing.assert_close(found.parts["rate"].mean(), expected, rtol=1e-12, atol=0)
    torch.testing.assert_close(found.loss, plain["distortion"].mean() + expected, rtol=1e-12, atol=0)
    torch.testing.assert_close(found.logged["kl"], plain["rate"].detach(), rtol=0, atol=0)
    assert found.logged["capacity"].item() == capacity


def test_without_capacity_it_is_the_elbo_with_gamma_for_beta():
    model, x = model_and_data()
    found, plain = terms(ControlledCapacity(capacity=0.0, gamma=4.0), model, x), terms(ELBO(beta=4.0), model, x)
    torch.testing.assert_close(found.parts["rate"], plain.parts["rate"], rtol=1e-12, atol=0)


@pytest.mark.parametrize("estimated", [False, True])
@pytest.mark.parametrize("capacity", [0.2, 6.0])
def test_training_brings_the_mean_rate_to_the_capacity_from_both_sides(capacity, estimated):
    model, x = model_and_data()
    if estimated:  # no closed form
        model.prior = Mixture((2,), components=3).double()
    before = terms(ELBO(), model, x).logged["kl"].mean()
    objective = ControlledCapacity(capacity, gamma=100.0, schedule=Linear(1))
    optimiser = torch.optim.Adam(model.encoder.parameters(), 0.02)
    for step in range(1, 201):
        optimiser.param_groups[0]["lr"] = 0.02 * (1 - step / 201)
        torch.manual_seed(step)
        loss = objective.terms("model", model, Batch(x, None, 32), torch.tensor(step)).loss
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    after = terms(ELBO(), model, x.repeat(100, 1)).logged["kl"].mean()
    assert abs(before - capacity) > 1 and abs(after - capacity) < (0.5 if estimated else 0.1)


def test_steps_are_options_of_its_schedule():
    spec = {"name": "controlled-capacity", "capacity": "10", "schedule": {"name": "linear", "steps": "40"}}
    objective = build(Objective, spec)
    assert [objective.capacity_at(torch.tensor(t)).item() for t in (0, 20, 40, 99)] == [0.0, 5.0, 10.0, 10.0]


@pytest.mark.parametrize("name", ["capacity", "gamma"])
def test_negative_numbers_are_refused(name):
    with pytest.raises(UsageError, match=f"`{name}` must be at least 0.*got -1.0"):
        ControlledCapacity(**{name: -1.0})
