"""How well a straight line through the codes tells the classes apart."""

import warnings

import torch
from torch import Tensor

from .base import Measurement, Subject, metric
from .base.labels import finite
from .base.paired import classified

PASSES = 300
WORSE = "tells the classes apart less well than principal components"


@metric(title="Classes told apart by a linear probe", unit="share", full=True, better="higher")
def probe(subject: Subject) -> Measurement:
    r"""Share of test examples whose class a logistic regression on the codes names; in [0, 1].

        p(y | z) = softmax(W s + b),   s = (z - mean) / deviation,   W, b minimise -sum log p(y | z) + |W|^2 / 2

    z are the posterior's points; mean, deviation, W and b come from training codes, at most 10,000. The labels take no
    part in the training of the model. Interval: Wilson's. Baseline: the same with principal components, as many as the
    code has axes. `details` holds the difference, model minus baseline, paired by example, with its interval, and the
    share of the largest class.

    Cost: one encoding per test example and per training example, and the regression: seconds.

    Failure modes: undefined without labels, for labels that are numbers, and for a conditional model, whose encoder
    is told the label; no baseline for categories. It finds classes that lie on two sides of a plane, however close;
    whether they are clusters is another question (see `clusters`).

    Reference:
        Alain and Bengio (2017), Understanding intermediate layers using linear classifier probes.
        https://arxiv.org/abs/1610.01644
    """
    return classified(subject, hits, 2, WORSE)


def hits(known: Tensor, known_y: Tensor, asked: Tensor, asked_y: Tensor) -> Tensor:
    """1.0 where the regression learned from the known names the class of the asked, (n,)."""
    from sklearn.exceptions import ConvergenceWarning  # slow to import, and needed here only
    from sklearn.linear_model import LogisticRegression

    known, asked = finite(known).double(), finite(asked).double()
    mean, deviation = known.mean(0), known.std(0)
    deviation = torch.where(deviation > 0, deviation, 1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # what is missing after 300 passes changes no class
        made = LogisticRegression(max_iter=PASSES).fit(((known - mean) / deviation).numpy(), known_y.numpy())
    named = torch.from_numpy(made.predict(((asked - mean) / deviation).numpy()))
    return torch.eq(named, asked_y).double()
