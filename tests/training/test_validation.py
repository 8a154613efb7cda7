"""Validation in chunks: every example once, none alone among strangers."""

from itertools import pairwise

import pytest
import torch

from jamjae.objectives import ELBO, TotalCorrelation
from jamjae.training.turn import Turn
from jamjae.training.validation import Validation


class Fixed(Validation):
    """A validation of n random examples of 3 x 3 bits."""

    def __init__(self, n: int) -> None:
        self.seed, self.y = 0, None
        self.x = torch.randint(0, 2, (n, 3, 3, 1), generator=torch.Generator().manual_seed(0)).float()


class Group(ELBO):
    group = 7
    __doc__ = None  # no member of the catalogue


@pytest.mark.parametrize("objective", [ELBO(), TotalCorrelation(), Group()])
@pytest.mark.parametrize("count", [2, 7, 999, 1000, 1001, 2001, 2500])
def test_chunks_cover_all_whole_groups_in_about_equal_sizes(objective, count):
    edges = Fixed(count)._edges(objective)
    sizes = [stop - start for start, stop in pairwise(edges)]
    group = objective.group
    assert edges[0] == 0 and sum(sizes) == count - count % group and all(n % group == 0 for n in sizes)
    assert not sizes or (max(sizes) - min(sizes) <= group and max(sizes) <= 1000 + group)
    assert min(sizes, default=2) >= min(2, count)


def test_nothing_to_compare_with_means_no_validation_and_no_error(make):
    model, objective, _ = make("vae", objective="total-correlation")
    assert Fixed(1).measure(Turn(model, objective), ["model"], None) == {}
    assert Fixed(0).measure(Turn(model, objective), ["model"], None) == {}
    assert "total_correlation" in Fixed(2).measure(Turn(model, objective), ["model"], None)
    assert "elbo" in Fixed(1).measure(Turn(model, ELBO()), ["model"], None)


def test_a_value_of_the_batch_is_no_sum_over_examples(make):
    model, objective, _ = make("vae", objective="controlled-capacity")
    found = Fixed(1500).measure(Turn(model, objective), ["model"], None)
    assert found["capacity"] == pytest.approx(25.0)
    gap = abs(found["kl"] - 25.0) * 100  # the mean over chunks of a distance, all on the same side of it
    assert found["rate"] == pytest.approx(gap, rel=1e-4)
