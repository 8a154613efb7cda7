"""Which likelihood suits a column of numbers, judged by the column alone.

Real and positive columns: the density with the largest maximum-likelihood value, where a Gaussian stays unless another
one is better by more than `MARGIN` nats a value. Counts: Poisson, unless their variance is too large for one.
"""

import math

import numpy as np

MARGIN = 0.02  # nats a value
LOOKED = 20_000  # values, evenly spaced
FREEDOM = 4.0  # degrees of freedom, those of the likelihood `student-t`
_ROUNDS = 60


def real(values: np.ndarray) -> str:
    """ "gaussian" or "student-t", for numbers of any sign.

    Example:
        >>> random = np.random.default_rng(0)
        >>> real(random.normal(size=500)), real(random.standard_t(2, size=500))
        ('gaussian', 'student-t')
    """
    values = _some(values)
    return "student-t" if student_t(values) > gaussian(values) + MARGIN else "gaussian"


def positive(values: np.ndarray) -> str:
    """ "log-normal" or "gamma", for numbers above 0."""
    values = _some(values)
    return "gamma" if gamma(values) > log_normal(values) else "log-normal"


def any_sign_or_positive(values: np.ndarray) -> str:
    """The best of both lists for numbers above 0.

    Example:
        >>> random = np.random.default_rng(0)
        >>> any_sign_or_positive(random.normal(50, 1, 500)), any_sign_or_positive(np.exp(random.normal(size=500)))
        ('gaussian', 'log-normal')
    """
    values = _some(values)
    either, above = real(values), positive(values)
    score = {"gaussian": gaussian, "student-t": student_t, "gamma": gamma, "log-normal": log_normal}
    return above if score[above](values) > score[either](values) + MARGIN else either


def count(values: np.ndarray) -> str:
    """ "poisson", or "negative-binomial" where the index of dispersion is beyond its 99 % point under a Poisson.

    Reference:
        Fisher (1950), The significance of deviations from expectation in a Poisson series.
        https://doi.org/10.2307/3001484
    """
    n, mean = len(values), float(values.mean())
    excess = float(((values - mean) ** 2).sum()) / max(mean, 1e-12) - (n - 1)
    return "negative-binomial" if excess > 2.326 * math.sqrt(2 * max(n - 1, 1)) else "poisson"


def countable(values: np.ndarray) -> bool:
    """Whether whole numbers vary as much as counts do: a variance of at least half the mean."""
    return bool(values.var() >= 0.5 * values.mean())


def gaussian(values: np.ndarray) -> float:
    """Largest mean log-likelihood of a Gaussian, in nats a value."""
    return -0.5 * math.log(2 * math.pi * math.e * max(float(values.var()), 1e-300))


def log_normal(values: np.ndarray) -> float:
    """Largest mean log-likelihood of a log-normal density, in nats a value."""
    logs = np.log(values)
    return gaussian(logs) - float(logs.mean())


def gamma(values: np.ndarray) -> float:
    """Mean log-likelihood of a gamma density in nats a value, within 1e-3 of the largest.

    Reference:
        Minka (2002), Estimating a Gamma distribution.
    """
    mean, log_mean = float(values.mean()), float(np.log(values).mean())
    s = max(math.log(mean) - log_mean, 1e-12)
    k = (3 - s + math.sqrt((s - 3) ** 2 + 24 * s)) / (12 * s)
    return k * math.log(k / mean) - math.lgamma(k) + (k - 1) * log_mean - k


def student_t(values: np.ndarray) -> float:
    """Largest mean log-likelihood of Student's t with 4 degrees of freedom, in nats a value."""
    mu, square = float(np.median(values)), max(float(values.var()), 1e-300)
    for _ in range(_ROUNDS):  # expectation maximisation over the weights
        weight = (FREEDOM + 1) / (FREEDOM + (values - mu) ** 2 / square)
        mu = float((weight * values).sum() / weight.sum())
        square = max(float((weight * (values - mu) ** 2).mean()), 1e-300)
    constant = math.lgamma((FREEDOM + 1) / 2) - math.lgamma(FREEDOM / 2) - 0.5 * math.log(FREEDOM * math.pi * square)
    return constant - (FREEDOM + 1) / 2 * float(np.log1p((values - mu) ** 2 / (FREEDOM * square)).mean())


def _some(values: np.ndarray) -> np.ndarray:
    return values[:: max(1, len(values) // LOOKED)]
