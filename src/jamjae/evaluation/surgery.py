"""How much the code says of its example, and how far all codes together are from the prior."""

import math

import torch
from torch import Tensor

from ..core.divergence import draw
from ..core.errors import Undefined
from .base import Measurement, Subject, metric, normal
from .base.aggregate import is_diagonal, mixture_density, needs_numbers, posteriors

SATURATED = 0.5  # nats below log N from which the estimate is a lower bound and no more
SLOW = 500  # test examples, where the density of a posterior is no product of matrices


@metric(title="Mutual information of code and example", unit="nats", full=True)
def surgery(subject: Subject) -> Measurement:
    r"""The part of the rate that tells examples apart; the rest is the distance of all codes together from the prior.

        R = I(x; z) + KL(q(z) || p(z)),   I = (1/N) sum_n [log q(z_n | x_n) - log (1/N) sum_m q(z_n | x_m)]

    with one z_n ~ q(z | x_n) per test example; `details` hold KL(q(z) || p(z)) = R - I with its interval, and log N.
    In nats. Interval: over test examples. I cannot exceed log N: within 0.5 nat of it the value is flagged as
    saturated, the true one may be any larger, and KL(q(z) || p(z)) is left out: see `holes` and `aggregate` then.

    Cost: one encoding per test example, and the density of every code under every posterior. Posteriors that are no
    diagonal Gaussians: the first 500 test examples.

    Failure modes: a good model of varied data saturates. KL(q(z) || p(z)) is a small difference of large numbers and
    may come out below 0. Information is not quality: a code may tell examples apart by what nobody cares for.

    Reference:
        Hoffman and Johnson (2016), ELBO surgery: yet another way to carve up the variational evidence lower bound.
        http://approximateinference.org/accepted/HoffmanJohnson2016.pdf
    """
    needs_numbers(subject)
    if subject.certain:
        raise Undefined("a code without chance has no density, so its information about an example has no bound")
    if subject.model.prior.context:
        raise Undefined("the prior is another one for every label, and q(z) does not split by label")
    terms = information(subject)
    limit, value = math.log(len(terms)), terms.mean().item()
    return Measurement(
        value=value,
        interval=normal(terms),
        n=len(terms),
        flag=f"at least log N = {limit:.2f} nats (saturated)" if value > limit - SATURATED else "",
        details={"log_n": limit, **({} if value > limit - SATURATED else remainder(subject, terms))},
    )


def information(subject: Subject) -> Tensor:
    """log q(z_n | x_n) - log q(z_n) of the test examples, (n,)."""
    diagonal = is_diagonal(next(posteriors(subject, 1)))
    batches = list(posteriors(subject, None if diagonal else SLOW))
    drawn = [draw(q) for q in batches]
    z, own = torch.cat([z.cpu().double() for z, _ in drawn]), torch.cat([log_q.cpu().double() for _, log_q in drawn])
    return own - mixture_density(batches, z)


def remainder(subject: Subject, terms: Tensor) -> dict[str, object]:
    """KL(q(z) || p(z)) = R - I, with the interval of the difference paired by example."""
    left = subject.rates[: len(terms)] - terms
    return {"rate": subject.rates[: len(terms)].mean().item(), "kl": left.mean().item(), "kl_interval": [*normal(left)]}
