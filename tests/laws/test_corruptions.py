"""Laws of the corruptions: a damaged copy of the same kind, different draws, missing cells stay missing."""

import pytest
import torch
from discovered import examples, make, normal, rebuilt
from torch import Tensor

from jamjae.core import isolated
from jamjae.core.shapes import missing

CORRUPTIONS = examples("corruptions")


def data(corruption, n=200, seed=0) -> Tensor:
    """Examples of the event, complete ones: categories, bits, values in the range, or any numbers."""
    event, x = corruption.event, normal((n, *corruption.event.shape), seed)
    if event.levels > 2:
        return (100 * x).long() % event.levels
    return (x > 0).float() if event.levels else x.sigmoid() if event.high == 1.0 else 5 * x + 3


def started(which):
    corruption = make(which)
    corruption.initialise(data(corruption))
    return corruption


@pytest.mark.parametrize("which", CORRUPTIONS)
def test_a_damaged_copy_of_the_same_kind(which):
    corruption = started(which)
    x = data(corruption)
    kept = x.clone()
    with isolated("damage"):
        damaged = corruption(x)
    assert damaged.shape == x.shape and damaged.dtype == x.dtype and torch.equal(x, kept)
    assert 0.05 < (damaged != x).float().mean() <= 1
    observed = damaged[~missing(damaged)] if corruption.event.missing else damaged.flatten()
    assert observed.isfinite().all()
    if corruption.event.levels > 2:
        assert observed.min() >= 0 and observed.max() < corruption.event.levels


@pytest.mark.parametrize("which", examples("corruptions", lambda one: one.event.missing))
def test_missing_cells_stay_missing(which):
    corruption = make(which)
    x = data(corruption)
    x[::2] = torch.nan if x.is_floating_point() else -1
    corruption.initialise(x)
    with isolated("missing"):
        assert missing(corruption(x))[::2].all()


@pytest.mark.parametrize("which", CORRUPTIONS)
def test_the_same_seed_gives_the_same_damage_and_another_one_another(which):
    corruption = started(which)
    x, found = data(corruption), []
    for one, seed in ((corruption, 1), (rebuilt(corruption), 1), (corruption, 2)):
        with isolated("seed", seed):
            found.append(one(x).nan_to_num(-7.0))
    assert torch.equal(found[0], found[1]) and not torch.equal(found[0], found[2])


@pytest.mark.parametrize("which", CORRUPTIONS)
def test_constant_and_missing_data_give_no_nonsense(which):
    corruption = make(which)
    x = torch.zeros_like(data(corruption))
    corruption.initialise(torch.full_like(x, torch.nan) if x.is_floating_point() else torch.full_like(x, -1))
    corruption.initialise(x)
    assert all(v.isfinite().all() for v in corruption.state_dict().values())
