"""New examples are seen exactly as the training data were."""

import numpy as np
import pytest
import torch

from jamjae.core import DataError
from jamjae.data import read
from jamjae.data.like import like

RNG = np.random.default_rng(0)
SOURCES = {
    "vectors": RNG.normal(size=(9, 4)),
    "numbers": RNG.normal(size=9),
    "whole vectors": RNG.integers(0, 9, (9, 4)),
    "binary vectors": RNG.integers(0, 2, (9, 4)),
    "8-bit pictures": RNG.integers(0, 256, (9, 5, 4), dtype="u1"),
    "wide pictures": RNG.integers(0, 256, (9, 5, 4)),
    "grey pictures": RNG.random((9, 5, 4)),
    "colour pictures": RNG.random((9, 3, 5, 6)),
    "binary pictures": RNG.integers(0, 2, (9, 5, 4)),
    "boolean pictures": RNG.integers(0, 2, (9, 5, 4)).astype(bool),
    "pictures without bounds": RNG.normal(size=(9, 5, 4)),
}


@pytest.mark.parametrize("name", SOURCES)
def test_the_training_source_gives_the_training_values(name):
    source = SOURCES[name]
    dataset = read(source)
    expected = dataset.take(torch.arange(9))
    assert torch.equal(like(source, dataset.event), expected)
    assert torch.equal(like(source[:1], dataset.event), expected[:1])
    if source.ndim > 1:
        assert torch.equal(like(source[2], dataset.event), expected[2:3])


@pytest.mark.parametrize("dtype", ["f4", "?"])
def test_black_and_white_pictures_for_a_model_of_grey_ones(dtype):
    event = read(SOURCES["8-bit pictures"]).event
    assert set(like(np.eye(4, 5).T[None].astype(dtype), event).unique().tolist()) == {0.0, 1.0}


def test_an_8_bit_batch_of_zeros_and_ones_is_nearly_black():
    event = read(SOURCES["8-bit pictures"]).event
    assert like(np.ones((2, 5, 4), "u1"), event).unique().tolist() == pytest.approx([1 / 255])


def test_the_unit_of_the_training_data():
    digits = read("digits", binarise="none")
    raw = digits.x.numpy()[:7]
    assert torch.equal(like(raw, digits.event, unit=16.0), digits.take(torch.arange(7)))
    assert torch.equal(like("digits", digits.event)[:7], digits.take(torch.arange(7)))


def test_binarised_like_the_training_data():
    dataset = read(SOURCES["grey pictures"], binarise="stochastic")
    a, b = (like(SOURCES["grey pictures"], dataset.event, "stochastic") for _ in range(2))
    assert torch.equal(a, b) and set(a.unique().tolist()) == {0.0, 1.0}
    cut = like(SOURCES["8-bit pictures"], dataset.event, "threshold")
    assert torch.equal(cut[..., 0] == 1, torch.from_numpy(SOURCES["8-bit pictures"] >= 128))


@pytest.mark.parametrize(
    ("source", "name", "message"),
    [
        (np.zeros((3, 5)), "vectors", r"have shape \(5,\); the model was fitted on \(4,\)"),
        (np.zeros((3, 5, 5)), "grey pictures", r"have shape \(5, 5, 1\)"),
        (np.full((2, 5, 4), 1.5), "grey pictures", r"row 0, cell \(0, 0, 0\) is 1.5, outside the range \[0, 1\]"),
        (np.full((2, 5, 4), 255, "u1"), "binary pictures", "is 255, outside the range"),
        (np.full((2, 4), np.nan), "vectors", "row 0, column 0"),
    ],
)
def test_refused(source, name, message):
    with pytest.raises(DataError, match=message):
        like(source, read(SOURCES[name]).event)
