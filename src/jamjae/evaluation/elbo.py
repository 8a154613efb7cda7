"""The evidence lower bound on held-out data."""

from .base import Measurement, Subject, lower_bound, metric


@metric(title="How well it predicts new examples (lower bound)", unit="nats", better="higher")
def elbo(subject: Subject) -> Measurement:
    r"""Mean over test examples of a lower bound on log p(x), in nats per example; higher is better.

        ELBO(x) = E_q[log p(x | z)] - KL(q(z | x) || p(z)),   bits per dimension = -ELBO / (D ln 2)

    The rate always weighs 1 here, whatever beta the training used. Baseline: the likelihood alone, every cell
    described by its training average.

    Cost: one encoding and 10 decodings per test example; the KL is exact where it has a closed form.

    Failure modes: it is a bound, not log p(x). Densities of real numbers change with the scale of the data:
    compare only models of the same data with the same kind of likelihood. It says nothing about the quality of
    samples.

    Reference:
        Kingma and Welling (2014), Auto-encoding variational Bayes. https://arxiv.org/abs/1312.6114
    """
    subject.needs_likelihood()
    return lower_bound(-subject.distortions - subject.rates, subject, draws=subject.repeats)
