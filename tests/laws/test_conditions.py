"""Laws of the conditions: every example turns labels into a context, and makes labels of its own."""

import pytest
import torch
from discovered import examples, make

CONDITIONS = examples("conditions")


def learned(which):
    """The condition after it has seen training labels, one of which is missing."""
    condition = make(which)
    y = condition.draw(200)
    condition.learn(torch.cat([y, condition.nothing(1)]))
    return condition, y


@pytest.mark.parametrize("which", CONDITIONS)
def test_a_label_becomes_a_context_and_a_missing_one_zeros(which):
    condition, y = learned(which)
    context = condition(y)
    assert context.shape == (200, condition.width) and context.isfinite().all() and (context != 0).any(1).all()
    assert torch.equal(condition(condition.nothing(3)), torch.zeros(3, condition.width))


@pytest.mark.parametrize("which", CONDITIONS)
def test_drawn_labels_are_of_the_kind_that_was_seen(which):
    condition, y = learned(which)
    drawn = condition.draw(50)
    assert drawn.shape == (50,) and drawn.dtype == y.dtype == condition.nothing(1).dtype
    assert drawn.min() >= y.min() and drawn.max() <= y.max()


@pytest.mark.parametrize("which", CONDITIONS)
def test_typical_labels_are_few_different_and_sorted(which):
    condition, y = learned(which)
    for most in (1, 2, 5):
        shown = condition.typical(most)
        assert 1 <= len(shown) <= most and torch.equal(shown, shown.unique())
        assert shown.min() >= y.min() and shown.max() <= y.max()


@pytest.mark.parametrize("which", CONDITIONS)
def test_a_way_between_labels_begins_and_ends_at_them(which):
    condition, y = learned(which)
    way = condition.between(y[:4, None], y[4:8, None], torch.linspace(0, 1, 5))
    assert way.shape == (4, 5) and torch.equal(way[:, 0], y[:4]) and torch.equal(way[:, -1], y[4:8])
