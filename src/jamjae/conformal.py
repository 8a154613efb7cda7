r"""Intervals that cover as often as they say, whatever the model is worth: split conformal prediction by column.

Of every observed cell x of the validation split, hidden and filled in with mean m and interval [l, h], the score is how
far the interval would have to be stretched to reach x:

    s = max((m - x) / (m - l), (x - m) / (h - m))

With n scores of a column, its factor c is the ceil((n + 1) * interval)-th smallest, and the interval becomes
[m - c (m - l), m + c (h - m)]. It covers a new cell of that column with probability `interval` at least, where rows
are alike and cells are missing as those that were hidden: at random.

Reference:
    Papadopoulos et al. (2002), Inductive confidence machines for regression. https://doi.org/10.1007/3-540-36755-1_29;
    Lei et al. (2018), Distribution-free predictive inference for regression. https://arxiv.org/abs/1604.04173
"""

import math

import numpy as np

FEWEST = 20  # scores of a column; with fewer it takes the factor of all columns together
NARROW = 1e-3  # of a column's own spread: the smallest side of an interval that is stretched


def scores(x: np.ndarray, mean: np.ndarray, low: np.ndarray, high: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """How far intervals must be stretched to reach x, in the shape of x; NaN where one of them is.

    Example:
        >>> one = np.ones(1)
        >>> scores(3 * one, 0 * one, -one, 2 * one, one)
        array([1.5])
    """
    below, above = sides(mean, low, high, spread)
    return np.where(x < mean, (mean - x) / below, (x - mean) / above)


def sides(mean: np.ndarray, low: np.ndarray, high: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lengths of an interval below and above the mean, at least a thousandth of the spread of the column."""
    return np.maximum(mean - low, NARROW * spread), np.maximum(high - mean, NARROW * spread)


def factors(found: np.ndarray, interval: float) -> np.ndarray | None:
    """A factor for every column of scores (n, columns), in which NaN stands for none.

    A column with fewer than 20 scores has the factor of all columns together; None where all are too few.

    Example:
        >>> factors(np.linspace(0, 2, 41)[:, None], 0.9)
        array([1.85])
    """
    every = quantile(found.ravel(), interval)
    if every is None:
        return None
    own = [quantile(column, interval) if (~np.isnan(column)).sum() >= FEWEST else None for column in found.T]
    return np.array([every if factor is None else factor for factor in own])


def quantile(found: np.ndarray, interval: float) -> float | None:
    """The ceil((n + 1) * interval)-th smallest of n scores; None where there are too few for it."""
    known = np.sort(found[~np.isnan(found)])
    rank = math.ceil((len(known) + 1) * interval - 1e-9)
    return float(known[rank - 1]) if 0 < rank <= len(known) else None
