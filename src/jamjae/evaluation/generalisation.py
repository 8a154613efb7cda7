"""What the model predicts worse on new examples than on training examples."""

import math
from dataclasses import replace

from torch import Tensor

from ..core.errors import Undefined
from .base import Measurement, Subject, metric


@metric(title="What it predicts worse on new examples", unit="nats", full=True, better="lower")
def generalisation(subject: Subject) -> Measurement:
    r"""Mean prediction of training examples less that of equally many test examples, in nats per example; 0 for a
    model that learned nothing about single examples.

        gap = mean over train of L(x) - mean over test of L(x),   L = E_q[log p(x | z)] - KL(q(z | x) || p(z))

    Where codes have no rate (a plain autoencoder), L is the first term alone; `details` say in "of" which it is, hold
    both means as "train" and "test", and the mean of the training examples under the likelihood alone, every cell by
    its training average, as "alone". "lost" is the gap over what was learned, train - alone: the share of it that new
    examples do not have; null where nothing was learned. Interval: +- 1.96 standard errors of the difference of two
    independent means.

    Cost: one encoding and 10 decodings per test example, and as much for equally many training examples.

    Failure modes: every model predicts what it has seen a little better; only the size says whether that matters.
    Where test examples come from elsewhere than training examples, the gap says that.

    Reference:
        Wu et al. (2017), On the quantitative analysis of decoder-based generative models.
        https://arxiv.org/abs/1611.04273
    """
    subject.needs_likelihood()
    n = min(len(subject.x), len(subject.train_rows))
    old, new = known(subject, n), replace(subject, limit=n)
    (train, what), (test, _) = predicted(old), predicted(new)
    gap = train.mean().item() - test.mean().item()
    half = 1.96 * math.sqrt((train.var().item() + test.var().item()) / n)
    alone = old.without_code
    learned = None if alone is None else train.mean().item() - alone.mean().item()
    details = {"of": what, "train": train.mean().item(), "test": test.mean().item()}
    details |= {"alone": None if alone is None else alone.mean().item()}
    details |= {"lost": gap / learned if learned is not None and learned > 0 else None}
    return Measurement(value=gap, interval=(gap - half, gap + half), n=n, details=details)


def known(subject: Subject, n: int) -> Subject:
    """The same subject with n training examples where its test examples were."""
    seen = replace(subject.dataset, splits={**subject.dataset.splits, "test": subject.train_rows[:n]})
    return replace(subject, dataset=seen, limit=n)


def predicted(subject: Subject) -> tuple[Tensor, str]:
    """L of every test example, (n,), and what it is."""
    try:
        return -subject.distortions - subject.rates, "elbo"
    except Undefined:  # a code without a density has no rate
        return -subject.distortions, "reconstruction"
