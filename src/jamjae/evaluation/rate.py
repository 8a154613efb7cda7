"""The rate: how much the codes say."""

from .base import Measurement, Subject, metric, over_examples

COLLAPSED = 0.1


@metric(title="Information in the code", unit="nats")
def rate(subject: Subject) -> Measurement:
    r"""Mean over test examples of the KL from the posterior to the prior, in nats per example.

        R = E_x KL(q(z | x) || p(z))

    Below 0.1 nat the decoder ignores the code ("posterior collapse"), and the metric is flagged.

    Cost: one encoding per test example; the KL in closed form, or the mean over 10 draws.

    Failure modes: a high rate is not a good code: part of it may be the distance between the aggregate
    posterior and the prior (R = I(x; z) + KL(q(z) || p(z))).

    Reference:
        Alemi et al. (2018), Fixing a broken ELBO. https://arxiv.org/abs/1711.00464
    """
    found = subject.rates
    flag = f"collapsed: below {COLLAPSED} nats, so the decoder ignores the code" if found.mean() < COLLAPSED else ""
    return over_examples(found, flag=flag)
