"""Splits: every row in exactly one, chosen by the seed alone, sensible for tiny data."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from jamjae.core import DataError, UsageError
from jamjae.data import read
from jamjae.data.splits import split

NAMES = ("train", "validation", "test")


def rows_of(splits):
    return torch.cat([splits[name] for name in NAMES])


@given(n=st.integers(3, 400), seed=st.integers(0, 2**31))
@settings(max_examples=60, deadline=None)
def test_every_row_is_in_exactly_one_split(n, seed):
    splits = split(n, seed)
    assert sorted(rows_of(splits).tolist()) == list(range(n))
    assert all(len(splits[name]) >= 1 for name in NAMES)
    assert len(splits["train"]) >= len(splits["validation"])


@given(n=st.integers(3, 200), seed=st.integers(0, 100), between=st.integers(3, 200))
@settings(max_examples=30, deadline=None)
def test_splits_depend_on_nothing_but_their_arguments(n, seed, between):
    first = split(n, seed)
    torch.manual_seed(between)
    split(between, seed + 1)
    again = split(n, seed)
    assert all(torch.equal(first[name], again[name]) for name in NAMES)


def test_drawing_splits_leaves_the_global_generator_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    split(100)
    assert torch.equal(torch.rand(3), expected)


def test_other_seeds_give_other_splits_of_the_same_sizes():
    a, b = split(1000, 0), split(1000, 1)
    assert not torch.equal(a["test"], b["test"])
    assert [len(a[n]) for n in NAMES] == [len(b[n]) for n in NAMES] == [700, 100, 200]


@pytest.mark.parametrize(
    ("n", "sizes"), [(3, [1, 1, 1]), (4, [2, 1, 1]), (10, [7, 1, 2]), (200_000, [185_000, 5_000, 10_000])]
)
def test_default_sizes(n, sizes):
    assert [len(split(n)[name]) for name in NAMES] == sizes


@given(n=st.integers(10, 300), data=st.data())
@settings(max_examples=60, deadline=None)
def test_counts_are_kept_exactly_and_shares_to_the_nearest_row(n, data):
    test = data.draw(st.integers(0, n // 3))
    share = data.draw(st.floats(0.01, 0.4))
    splits = split(n, 0, validation=share, test=test)
    assert len(splits["test"]) == test
    assert abs(len(splits["validation"]) - share * n) <= 1
    assert sorted(rows_of(splits).tolist()) == list(range(n))


def test_a_share_too_small_for_one_row_still_gives_one():
    splits = split(100, validation=0.001, test=0.001)
    assert [len(splits[n]) for n in NAMES] == [98, 1, 1]


def test_no_test_split_on_demand():
    assert [len(split(50, test=0)[n]) for n in NAMES] == [45, 5, 0]
    assert len(split(50, test=0.0)["test"]) == 0


@pytest.mark.parametrize("bad", [-1, 1.0, 1.5, -0.1, True, "0.1", float("nan")])
@pytest.mark.parametrize("name", ["validation", "test"])
def test_sizes_out_of_range_are_refused_by_name(name, bad):
    with pytest.raises(UsageError, match=f"`{name}` must be a count, or a share"):
        split(100, **{name: bad})


@pytest.mark.parametrize("zero", [0, 0.0])
def test_no_validation_split_on_demand(zero):
    assert [len(split(50, validation=zero)[n]) for n in NAMES] == [40, 0, 10]
    assert [len(split(1, validation=zero, test=0)[n]) for n in NAMES] == [1, 0, 0]


@pytest.mark.parametrize("sizes", [{"test": 100}, {"test": 60, "validation": 40}, {"test": 0.99, "validation": 0.5}])
def test_some_row_must_be_left_for_training(sizes):
    with pytest.raises(UsageError, match="training example"):
        split(100, **sizes)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_fewer_than_three_rows_are_refused(n):
    with pytest.raises(DataError, match=rf"{n} examples?: at least 3 are needed"):
        split(n)


def test_official_test_rows_are_kept_and_never_trained_on():
    official = {"test": np.arange(70, 100)}
    splits = split(100, 3, official=official)
    assert sorted(splits["test"].tolist()) == list(range(70, 100))
    assert len(splits["validation"]) == 10
    assert sorted(rows_of(splits).tolist()) == list(range(100))


def test_official_rows_come_in_random_order_so_that_the_first_are_a_fair_sample():
    test = split(10_000, 0, official={"test": np.arange(5_000, 10_000)})["test"]
    assert test[:1000].float().mean().item() == pytest.approx(7_500, abs=4 * 1443 / 1000**0.5)


def test_an_official_split_is_not_overridden_in_silence():
    with pytest.raises(UsageError, match="`test` cannot be chosen: the data come with a test split of 30"):
        split(100, test=5, official={"test": np.arange(30)})


def test_official_validation_is_kept():
    splits = split(100, official={"test": np.arange(10), "validation": np.arange(10, 30)})
    assert [len(splits[n]) for n in NAMES] == [70, 20, 10]


def test_read_splits_by_its_seed():
    x = np.random.default_rng(0).normal(size=(50, 2))
    assert torch.equal(read(x, seed=1).rows("test"), split(50, 1)["test"])
    assert not torch.equal(read(x, seed=1).rows("test"), read(x, seed=2).rows("test"))
    assert len(read(x, validation=7, test=0.5).rows("validation")) == 7
