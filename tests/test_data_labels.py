"""Labels: any form to class numbers; missing ones are -1."""

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


def test_missing_labels_are_counted_in_a_note():
    assert "2 of 4 examples have no label" in read(X, labels=[0, -1, 1, None]).notes[-1]
    assert read(X, labels=[0, 1, 1, 0]).notes == ()


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1], "`labels` has 2 entries for 4 examples"),
        ([0.5, 1, 2, 3], "row 0 holds 0.5"),
        ([None, 1, 2.5, 3], "row 2 holds 2.5"),
        (np.eye(4), r"shape is \(4, 4\).*argmax"),
        (np.zeros((4, 2, 2)), "one class per example"),
        ([[1], [1, 2], [3], [4]], "no flat list"),
        (np.zeros(4, complex), "whole numbers or strings"),
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
