"""How sure a classifier is of what the samples show."""

from .base import Measurement, Subject, metric, normal
from .base.subject import DRAWN


@metric(title="How sure a classifier is of the samples", unit="probability")
def confidence(subject: Subject) -> Measurement:
    r"""Mean probability that the classifier gives to the class it names, over the samples of `classes`; in [1/K, 1].

        E max_k p(k | x)

    Of `stacked-mnist`, the product over the channels. Baseline: test examples, at most 2,500; the classifier is right
    for the share of them that `details` hold. The difference between the two says how recognisable samples are.

    Cost: as for `classes`, and one pass of the classifier over the test examples.

    Failure modes: a network can be sure of nonsense, so a high value alone proves nothing; a model that makes one
    clear picture over and over has 1. Undefined as `classes`.

    Reference:
        Salimans et al. (2016), Improved techniques for training GANs. https://arxiv.org/abs/1606.03498
    """
    judge, sure = subject.classifier, subject.classified[1].double()
    _, of_real = judge(subject.real("test", DRAWN))
    return Measurement(
        value=sure.mean().item(),
        interval=normal(sure),
        n=len(sure),
        baseline=of_real.double().mean().item(),
        baseline_name="test examples",
        details={"classifier_accuracy": judge.accuracy},
    )
