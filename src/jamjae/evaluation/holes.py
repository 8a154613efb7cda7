"""How much of the prior the decoder has never been shown."""

import math

import torch
from torch import Tensor

from .base import Measurement, Subject, metric, wilson
from .base.aggregate import (
    codes_and_prior,
    from_prior,
    is_diagonal,
    mixture_density,
    needs_numbers,
    posteriors,
    training_posteriors,
)
from .base.subject import DRAWN
from .base.told import calibrated, told_apart

TAU = 0.1
WIDEST = 16  # latent axes up to which the mixture of all posteriors is tried
SLACK = 0.02  # by which the mixture may miss what every true density obeys
MANY = 0.2


@metric(title="Prior draws where no codes lie", unit="share", better="lower")
def holes(subject: Subject) -> Measurement:
    r"""Share of draws from the prior where codes of examples are ten times rarer than the prior says; lower is better.

        H = P_{z ~ p}[q(z) / p(z) < 0.1],   q(z) = (1/N) sum_n q(z | x_n)

    From 2,500 draws. Up to 16 latent axes q(z) is the mixture of the posteriors of the training examples (at most
    60,000), if these are diagonal Gaussians and the mixture is a density: of any q, codes of other examples lie in
    its holes with a probability below 0.1 H, so it is refused where codes of test examples do so more often. Otherwise
    q(z) / p(z) is the odds of a classifier that tells codes of training examples from draws of the prior, calibrated on
    test examples. `details` say which. Interval: binomial, over the draws. Baseline: the same share for codes of test
    examples. Flagged above 0.2.

    Cost: one encoding per training and test example, and 2,500 densities under each posterior, or one classifier.

    Failure modes: the threshold is a convention. A classifier sees holes that are wide in few directions, and passes
    over gaps between many narrow clusters in many axes: 0 is no proof that there are none. A prior draw in a hole may
    still decode well, and one outside badly.

    Reference:
        Rosca, Lakshminarayanan and Mohamed (2018), Distribution matching in variational inference.
        https://arxiv.org/abs/1802.06847;
        Wilson (1927), Probable inference. https://doi.org/10.1080/01621459.1927.10502953
    """
    needs_numbers(subject)
    z = subject.model.draw(DRAWN)[0]
    found = mixed(subject, z)
    estimate = "mixture of posteriors"
    if found is None:
        found, estimate = classified(subject), "classifier"
    empty, taken = ((log_ratio < math.log(TAU)).double() for log_ratio in found)
    low, high = wilson(empty)
    return Measurement(
        value=empty.mean().item(),
        interval=(low, high),
        n=len(empty),
        baseline=taken.mean().item(),
        baseline_name="codes of test examples",
        flag="the prior has holes: much of what is sampled lies where no example does" if low > MANY else "",
        details={"estimate": estimate, "threshold": TAU},
    )


def mixed(subject: Subject, z: Tensor) -> tuple[Tensor, Tensor] | None:
    """log q(z) / p(z) of prior draws and of codes of test examples, by the mixture; None where that is no density."""
    prior, tested = subject.model.latent() if subject.model.condition is None else None, next(posteriors(subject))
    if prior is None or not is_diagonal(tested) or math.prod(subject.model.prior.shape) > WIDEST:
        return None
    codes = torch.cat([q.sample() for q in posteriors(subject)])[:DRAWN]
    both = torch.cat([z.cpu().double(), codes])
    log_p = prior.log_prob(both.to(z)).cpu().double()
    log_ratio = mixture_density(training_posteriors(subject), both) - log_p
    empty, taken = log_ratio[: len(z)], log_ratio[len(z) :]
    share, missed = ((part < math.log(TAU)).double().mean().item() for part in (empty, taken))
    return (empty, taken) if missed <= TAU * share + SLACK else None


def classified(subject: Subject) -> tuple[Tensor, Tensor]:
    """log q(z) / p(z) of prior draws and of codes of test examples, by a classifier."""
    codes, drawn = codes_and_prior(subject)
    logit = calibrated(told_apart(*codes_and_prior(subject, train=True)), codes, drawn)
    return logit(from_prior(subject, DRAWN)), logit(codes)
