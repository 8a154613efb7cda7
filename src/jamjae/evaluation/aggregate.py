"""Whether the codes of all examples together are distributed as the prior says."""

import math

import torch
from torch import Tensor
from torch.distributions import Normal

from ..core.errors import Undefined
from .base import Measurement, Subject, metric
from .base.aggregate import codes_and_prior, needs_numbers
from .base.told import area, told_apart

APART, DIFFER = 0.7, "codes and prior draws differ: sampling shows the decoder codes that it has not learned"
FEWEST = 20  # test examples


@metric(title="How well codes can be told from prior draws", unit="AUC", full=True, better="lower")
def aggregate(subject: Subject) -> Measurement:
    r"""Two-sample test of codes z ~ q(z) against draws z ~ p(z): the AUC of a classifier; 0.5 is no difference.

        AUC = P(score of a code > score of a prior draw),   q(z) = (1/N) sum_n q(z | x_n)

    The classifier is a logistic regression on the axes, their squares and products (fewer where examples are few),
    refined by a small network where that predicts better. It learns from training examples, one code each, and is
    judged on codes of test examples and as many draws from the prior. Interval: DeLong's, over both. `details`: the
    one-sided p-value of the rank test, and of codes and of prior draws the norm of the mean and the largest and the
    smallest eigenvalue of the covariance (0, 1 and 1 for a standard normal prior). Baseline: 0.5. Flagged above 0.7.

    Cost: one encoding per training and test example, and one classifier.

    Failure modes: 0.5 means that this classifier found nothing, not that there is nothing. With many examples a
    difference without importance is significant: read the AUC, not the p-value. A collapsed code passes.

    Reference:
        Lopez-Paz and Oquab (2017), Revisiting classifier two-sample tests. https://arxiv.org/abs/1610.06545;
        DeLong, DeLong and Clarke-Pearson (1988), Comparing the areas under two or more correlated receiver operating
        characteristic curves. https://doi.org/10.2307/2531595
    """
    needs_numbers(subject)
    if len(subject.x) < FEWEST or len(subject.dataset.rows("train")) < FEWEST:
        raise Undefined(f"fewer than {FEWEST} examples are too few to tell two clouds apart")
    logit = told_apart(*codes_and_prior(subject, train=True))
    codes, drawn = codes_and_prior(subject)
    value, error = area(logit(codes), logit(drawn))
    low, high = value - 1.96 * error, value + 1.96 * error
    return Measurement(
        value=value,
        interval=(max(0.0, low), min(1.0, high)),
        n=len(codes),
        baseline=0.5,
        baseline_name="no difference",
        flag="codes and prior draws differ: the decoder meets codes in sampling that it has not learned"
        if low > APART
        else "",
        details={"p": p_value(value, len(codes)), "codes": moments(codes), "prior": moments(drawn)},
    )


def p_value(value: float, n: int) -> float:
    """Probability of such an AUC or a larger one without any difference, from n scores on each side."""
    z = (value - 0.5) / math.sqrt((2 * n + 1) / (12 * n * n))
    return (1 - Normal(0.0, 1.0).cdf(torch.tensor(z).double())).item()


def moments(z: Tensor) -> dict[str, float]:
    """Norm of the mean, largest and smallest eigenvalue of the covariance of points (n, axes)."""
    values = torch.linalg.eigvalsh(torch.cov(z.T).reshape(z.shape[1], z.shape[1]))
    return {"mean_norm": z.mean(0).norm().item(), "largest": values[-1].item(), "smallest": values[0].item()}
