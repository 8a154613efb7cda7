"""The difference of two models in one number, with the interval that the evidence allows."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

from torch import Tensor

from ..core.seeds import isolated
from ..evaluation.base import bootstrap

SEEDS, EXAMPLES = "seeds", "test examples"
ROUNDING = 1e-12  # of the largest value: differences that are closer than this are the same


@dataclass(frozen=True)
class Difference:
    """One minus other, and what it rests on.

    Arguments:
        value: The mean difference; None where there is none.
        interval: 95 % interval; None where there is none, and `reason` says why.
        pairs: How many pairs it is the mean of.
        over: What the pairs are: "seeds" or "test examples".
        reason: Why there is no value, or no interval.
    """

    value: float | None = None
    interval: tuple[float, float] | None = None
    pairs: int = 0
    over: str = SEEDS
    reason: str = ""

    @property
    def sign(self) -> int:
        """1 where the interval lies above 0, -1 where it lies below, otherwise 0."""
        low, high = self.interval or (0.0, 0.0)
        return 1 if low > 0 else -1 if high < 0 else 0


def over_seeds(one: Mapping[int, float], other: Mapping[int, float]) -> Difference:
    r"""Mean of the differences by seed, and its 95 % interval by Student's t over n seeds.

        mean(d) +- t_{n-1, 0.975} s(d) / sqrt(n),   d_s = one_s - other_s

    Only seeds that both have count. It speaks of another training run. A spread of zero is no certainty: where all
    seeds agree there is no interval.

    Reference:
        Student (1908), The probable error of a mean. https://doi.org/10.1093/biomet/6.1.1

    Example:
        >>> found = over_seeds({0: 1.0, 1: 3.0}, {0: 0.0, 1: 1.0})
        >>> found.value, [round(end, 2) for end in found.interval], found.pairs
        (1.5, [-4.85, 7.85], 2)
        >>> over_seeds({0: 2.0, 1: 3.0}, {0: 1.0, 1: 2.0}).reason
        'all seeds agree'
    """
    from scipy.stats import t as student  # slow to import, and needed here only

    found = [one[seed] - other[seed] for seed in sorted(one.keys() & other.keys())]
    if not found:
        return Difference(reason="no seed has a value on both sides")
    mean, n = fmean(found), len(found)
    if n == 1:
        return Difference(mean, None, 1, reason="one seed has no spread")
    if max(found) - min(found) <= ROUNDING * max(map(abs, (*one.values(), *other.values()))):
        return Difference(mean, None, n, reason="all seeds agree")
    half = float(student.ppf(0.975, n - 1)) * stdev(found) / sqrt(n)
    return Difference(mean, (mean - half, mean + half), n)


def over_examples(one: Tensor, other: Tensor) -> Difference:
    """Mean of the differences (n,) example by example, and its 95 % percentile interval over resampled examples.

    It speaks of other test examples and the same two trained models: another training run may differ by more. The
    caller's random state stays as it was.

    Reference:
        Efron (1979), Bootstrap methods: another look at the jackknife. https://doi.org/10.1214/aos/1176344552

    Example:
        >>> import torch
        >>> over_examples(torch.ones(50), torch.zeros(50)).reason
        'all test examples agree'
    """
    if one.shape != other.shape:
        return Difference(over=EXAMPLES, reason="the two were measured on different test examples")
    found = one.double() - other.double()
    mean, n = found.mean().item(), len(found)
    if found.max() - found.min() <= ROUNDING * max(one.abs().max().item(), other.abs().max().item()):
        return Difference(mean, None, n, EXAMPLES, "all test examples agree")
    with isolated("compare", "examples"):
        return Difference(mean, bootstrap(lambda rows: found[rows].mean(), n), n, EXAMPLES)
