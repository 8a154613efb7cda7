"""How many classes the samples show."""

import torch
from torch import Tensor

from .base import Measurement, Subject, metric

COVERED = 0.2  # of a class's share of the data


@metric(title="Classes that the samples show", unit="classes", better="higher")
def classes(subject: Subject) -> Measurement:
    r"""Number of classes that samples show at least one fifth as often as the training examples; `details` has it by
    the papers' rule, at least one sample, too, and the share of every class.

        |{k : share of k among samples >= share of k among training examples / 5}|

    A classifier names the class of 2,500 samples, or of 26 a class where that is more. It has learned from labelled
    examples outside the test split and is right for at least 90 % of the test examples: `details` say for how many,
    and KL(samples || data) of the shares, in nats. Of `stacked-mnist` it names the digit of each channel. Baseline: all
    classes of the training split. It is flagged as mode collapse where the samples do not show some.

    Cost: the samples, and the classifier when the data is new (MNIST: about 20 seconds; it is kept).

    Failure modes: a classifier names a class for anything, noise included: see `confidence`. Its errors show classes
    that are not there, hence the one fifth. Undefined without classes, or where the classifier is wrong too often.

    Reference:
        Metz et al. (2017), Unrolled generative adversarial networks. https://arxiv.org/abs/1611.02163
    """
    judge, found = subject.classifier, subject.classified[0]
    real = subject.class_shares
    made = torch.bincount(found, minlength=len(real)).double() / len(found)
    wanted = real > 0
    shown, touched = (int((wanted & rule).sum()) for rule in ((made > 0) & (made >= COVERED * real), made > 0))
    total = int(wanted.sum())
    flag = f"mode collapse: {shown} of {total} classes ({touched} with at least one sample)"
    return Measurement(
        value=float(shown),
        n=len(found),
        baseline=float(total),
        baseline_name="all classes",
        flag=flag if shown < total else "",
        details={
            "at_least_one": touched,
            "shares": made.tolist(),
            "kl_to_data": divergence(made, real),
            "classifier_accuracy": judge.accuracy,
        },
    )


def divergence(made: Tensor, real: Tensor) -> float:
    """KL(made || real) of two rows of shares, in nats, over the classes that the data has."""
    both = (made > 0) & (real > 0)
    return (made[both] * (made[both] / real[both]).log()).sum().item()
