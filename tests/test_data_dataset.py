"""Binarisation and access: what the model sees of a data set."""

import numpy as np
import pytest
import torch

from jamjae.core import UsageError
from jamjae.core.seeds import generator
from jamjae.data import read

GREY = np.random.default_rng(0).random((6, 5, 4)).astype("f4")
ALL = torch.arange(6)


def test_stochastic_draws_are_fresh_and_equal_for_equal_seeds():
    dataset = read(GREY, binarise="stochastic")
    draws = [dataset.take(ALL, generator(seed)) for seed in (1, 1, 2)]
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])
    random = generator(1)
    assert not torch.equal(dataset.take(ALL, random), dataset.take(ALL, random))
    assert set(draws[0].unique().tolist()) == {0.0, 1.0}


def test_stochastic_mean_is_the_grey_value():
    # 120 cells, each within 4.9 standard errors: false alarm 1e-4 by the union bound
    dataset, n = read(GREY, binarise="stochastic"), 4000
    mean = dataset.take(ALL.repeat(n), generator(3)).view(n, 6, 5, 4, 1).mean(0)
    grey = torch.from_numpy(GREY)[..., None]
    standard_error = (grey * (1 - grey) / n).sqrt().clamp(min=1e-3 / n**0.5)
    assert ((mean - grey).abs() < 4.9 * standard_error).all()


def test_stochastic_leaves_black_and_white_alone():
    x = GREY.copy()
    x[:, 0], x[:, 1] = 0.0, 1.0
    seen = read(x, binarise="stochastic").take(ALL.repeat(500), generator(0))
    assert (seen[:, 0] == 0).all() and (seen[:, 1] == 1).all()


def test_without_a_generator_the_default_one_draws():
    dataset = read(GREY, binarise="stochastic")
    torch.manual_seed(4)
    first = dataset.take(ALL)
    torch.manual_seed(4)
    assert torch.equal(first, dataset.take(ALL))


def test_threshold():
    assert torch.equal(read(GREY, binarise="threshold").take(ALL)[..., 0], (torch.from_numpy(GREY) > 0.5).float())


def test_events_follow_the_binarisation():
    dataset = read(GREY)
    assert (dataset.event.levels, dataset.binarise) == (0, "none")
    binary = dataset.binarised("stochastic")
    assert (binary.event.levels, binary.event.low, binary.event.high) == (2, 0.0, 1.0)
    assert binary.binarised("none") == dataset
    assert binary.x is dataset.x


@pytest.mark.parametrize("how", ["none", "threshold", "stochastic"])
def test_binary_data_stay_binary_whatever_is_asked(how):
    dataset = read(np.eye(4), binarise=how)
    assert dataset.event.levels == 2
    assert torch.equal(dataset.take(torch.arange(4)), torch.eye(4))
    assert dataset.binarised("none").event.levels == 2


def test_recommended_unless_told_otherwise():
    assert read("digits").binarise == "stochastic"
    assert read("digits", binarise="none").event.levels == 0
    assert read("digits", binarise="threshold").binarise == "threshold"


def test_eight_bit_values_are_divided_only_when_taken():
    dataset = read(np.full((3, 2, 2), 51, "u1"))
    assert dataset.x.dtype == torch.uint8
    assert dataset.take(torch.tensor([0])).flatten().tolist() == pytest.approx([0.2] * 4)


def test_examples_are_the_first_rows_of_a_split_with_their_labels():
    dataset = read("digits", binarise="none")
    x, y = dataset.examples("test", 5)
    rows = dataset.rows("test")[:5]
    assert torch.equal(x, dataset.take(rows)) and torch.equal(y, dataset.y[rows])
    assert len(dataset.examples("validation")[0]) == 180


def test_examples_are_binarised_by_their_seed():
    dataset = read("digits")
    a, b, c = (dataset.examples("test", 50, seed)[0] for seed in (0, 0, 1))
    assert torch.equal(a, b) and not torch.equal(a, c)


def test_no_labels():
    assert read(GREY).examples("train")[1] is None


def test_unknown_split():
    with pytest.raises(UsageError, match="`split` must be one of train, validation, test; got 'dev'"):
        read(GREY).rows("dev")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_the_same_examples_on_a_gpu():
    here, there = read("digits"), read("digits").to("cuda")
    for a, b in zip(here.examples("test", 20), there.examples("test", 20), strict=True):
        assert b.is_cuda and torch.equal(a, b.cpu())
    assert there.take(here.rows("train")[:3]).is_cuda
