"""Labels: any form to class numbers, missing ones -1, or to real numbers, missing ones NaN."""

import numpy as np
import pytest
import torch

from jamjae.core import DataError
from jamjae.data import read
from jamjae.data.labels import encode

X = np.arange(8.0).reshape(4, 2)


@pytest.mark.parametrize(
    ("labels", "y", "classes"),
    [
        ([0, 1, 2, 1], [0, 1, 2, 1], ("0", "1", "2")),
        ([7, 3, 7, 9], [1, 0, 1, 2], ("3", "7", "9")),
        ([0, -1, 2, -1], [0, -1, 1, -1], ("0", "2")),
        ([0, None, 2, -1], [0, -1, 1, -1], ("0", "2")),
        ([1.0, np.nan, 0.0, 1.0], [1, -1, 0, 1], ("0", "1")),
        (["b", "a", "", "b"], [1, 0, -1, 1], ("a", "b")),
        (["b", None, "a", "b"], [1, -1, 0, 1], ("a", "b")),
        (["고양이", "개", None, "개"], [1, 0, -1, 0], ("개", "고양이")),
        ([b"x", b"y", b"x", b"x"], [0, 1, 0, 0], ("x", "y")),
        ([True, False, True, True], [1, 0, 1, 1], ("False", "True")),
        ([None] * 4, [-1] * 4, ()),
        ([-1] * 4, [-1] * 4, ()),
        (np.array([[1], [0], [1], [1]]), [1, 0, 1, 1], ("0", "1")),
        (np.array([1, 0, 1, 1], "u1"), [1, 0, 1, 1], ("0", "1")),
        (torch.tensor([1, 0, -1, 1]), [1, 0, -1, 1], ("0", "1")),
    ],
    ids=str,
)
def test_forms(labels, y, classes):
    found, names, _ = encode(labels, 4)
    assert found.dtype == torch.int64
    assert found.tolist() == y
    assert names == classes


@pytest.mark.parametrize(
    ("labels", "y"),
    [
        ([0.5, 1, 2, 3], [0.5, 1, 2, 3]),
        ([None, 1, 2.5, -1], [np.nan, 1, 2.5, -1]),
        ([np.nan, 0.5, 0, 0], [np.nan, 0.5, 0, 0]),
    ],
    ids=str,
)
def test_one_fraction_makes_all_of_them_numbers(labels, y):
    dataset = read(X, labels=labels)
    assert dataset.y.dtype == torch.float32 and dataset.classes == ()
    assert np.array_equal(dataset.y.numpy(), np.float32(y), equal_nan=True)
    assert len(dataset.notes) == bool(np.isnan(y).any())


def test_many_whole_numbers_are_said_to_be_classes():
    x = np.arange(80.0).reshape(40, 2)
    assert "40 different whole numbers are taken as classes" in read(x, labels=np.arange(40)).notes[-1]
    assert read(x, labels=np.arange(40) / 10).notes == ()


def test_missing_labels_are_counted_in_a_note():
    assert "2 of 4 examples have no label" in read(X, labels=[0, -1, 1, None]).notes[-1]
    assert read(X, labels=[0, 1, 1, 0]).notes == ()


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1], "`labels` has 2 entries for 4 examples"),
        ([0.5, 1, np.inf, 3], "must be finite; row 2 holds inf"),
        (np.eye(4), r"shape is \(4, 4\).*argmax"),
        (np.zeros((4, 2, 2)), "one label per example"),
        ([[1], [1, 2], [3], [4]], "no flat list"),
        (np.zeros(4, complex), "numbers or strings"),
        (np.float64(1), "one column"),
    ],
    ids=str,
)
def test_refused(labels, message):
    with pytest.raises(DataError, match=message):
        read(X, labels=labels)


def test_the_argument_wins_over_the_source():
    dataset = read("digits", labels=["odd" if k % 2 else "even" for k in range(1797)])
    assert dataset.classes == ("even", "odd")
    assert dataset.y.tolist()[:3] == [0, 1, 0]


def test_labels_are_not_changed():
    labels = np.array([3, 1, -1, 1])
    read(X, labels=labels).y.zero_()
    assert labels.tolist() == [3, 1, -1, 1]
