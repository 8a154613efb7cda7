"""Laws of the schedules: a factor in [0, 1] that ends at 1 and depends on the step alone."""

import pytest
import torch
from discovered import examples, make, rebuilt

SCHEDULES = examples("schedules")
STEPS = [0, 1, 2, 17, 500, 999, 1000, 12_345, 10**9]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("which", SCHEDULES)
def test_the_factor_is_a_number_in_the_unit_interval(which, step):
    schedule, t = make(which), torch.tensor(step)
    factor = schedule(t)
    assert factor.shape == () and factor.is_floating_point() and 0 <= factor <= 1
    assert torch.equal(rebuilt(schedule)(t), factor) and torch.equal(schedule(t), factor) and t == step


@pytest.mark.parametrize("which", SCHEDULES)
def test_it_ends_at_one_so_that_a_run_ends_on_the_objective_that_it_reports(which):
    assert make(which)(torch.tensor(10**9)) == 1


@pytest.mark.parametrize("which", SCHEDULES)
def test_the_step_may_be_any_number_type(which):
    schedule = make(which)
    values = [schedule(torch.tensor(3, dtype=t)).item() for t in (torch.int32, torch.int64, torch.float32)]
    assert max(values) - min(values) < 1e-6
