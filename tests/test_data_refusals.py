"""Bad data are refused with the place and the remedy."""

import numpy as np
import pytest
import torch

from jamjae.core import DataError, UsageError
from jamjae.data import read

GOOD = np.arange(20.0).reshape(5, 4)


def spoilt(value, *cell, shape=(5, 4)):
    x = np.arange(np.prod(shape), dtype="f8").reshape(shape)
    x[cell] = value
    return x


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (spoilt(np.nan, 3, 1), "1 of 20 values .* in 1 of 5 rows; the first is nan at row 3, column 1.*Fill them in"),
        (spoilt(np.inf, 0, 2), "is inf at row 0, column 2"),
        (spoilt(-np.inf, 4, 0), "is -inf at row 4, column 0"),
        (spoilt(1e39, 1, 1), "beyond 32-bit floats.*row 1, column 1"),
        (spoilt(np.nan, 2), "4 of 20 values .* in 1 of 5 rows; .* at row 2, column 0"),
        (spoilt(np.nan, 2, 1, 0, shape=(3, 2, 2)), r"at row 2, cell \(1, 0\)"),
        (spoilt(np.nan, 2, shape=(3,)), "at row 2, column 0"),
        (spoilt(np.nan, 1, 1).astype("f2"), "at row 1, column 1"),
        (np.zeros((0, 4)), r"the array is empty, shape \(0, 4\)"),
        (np.zeros((4, 0)), "the array is empty"),
        ([], "the array is empty"),
        (np.zeros((3, 2, 2, 2, 1)), r"has 5 axes, shape \(3, 2, 2, 2, 1\).*reshape"),
        (np.float64(3.0), "has 0 axes"),
        (np.zeros((4, 5, 6, 7)), r"no channel axis in shape \(4, 5, 6, 7\)"),
        (np.zeros((1, 4)), "1 example: at least 3 are needed"),
        (np.zeros((2, 4)), "2 examples: at least 3 are needed"),
        (GOOD.astype(complex), "complex numbers; they must be numbers|complex numbers"),
        (GOOD.astype(object), "Python objects; they must be numbers"),
        (GOOD.astype(str), "texts must be a list of strings"),
        (GOOD.astype("S8"), "bytes; they must be numbers"),
        (np.zeros(4, "M8[s]"), "dates"),
        (np.zeros(4, [("a", "f4")]), "values of type"),
        (torch.zeros(4, 2, dtype=torch.complex64), "complex numbers; they must be real"),
        (torch.zeros(4, 2).to_sparse(), "sparse"),
        (np.ma.masked_array(GOOD, GOOD > 3), "masked"),
        ([[1.0, 2.0], [3.0]], "does not make an array"),
        ((GOOD, GOOD, GOOD), r"a tuple must be \(examples, labels\); got 3"),
        (None, "Python objects"),
        (np.datetime64("NaT"), "dates"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_refused(x, message):
    with pytest.raises(DataError, match=message):
        read(x)


def test_largest_32_bit_number_is_accepted():
    assert read(spoilt(3.4e38, 1, 1)).x.isfinite().all()


def test_unknown_name_gives_the_nearest_and_the_list():
    with pytest.raises(
        UsageError, match=r"unknown data set 'minst'; did you mean 'mnist'\? Known: digits, fashion-mnist, grid"
    ):
        read("minst")


def test_unknown_binarisation():
    with pytest.raises(UsageError, match=r"unknown binarisation 'stochastc'; did you mean 'stochastic'\?"):
        read("digits", binarise="stochastc")


def test_binarisation_needs_the_unit_interval():
    with pytest.raises(UsageError, match=r"`binarise` needs values in \[0, 1\]; array has \[-inf, inf\]"):
        read(GOOD, binarise="threshold")
