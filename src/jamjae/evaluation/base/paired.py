"""A model beside principal components, example by example."""

from collections.abc import Callable
from typing import Any

from torch import Tensor

from ...core.errors import Undefined
from .labels import labelled, present, untold
from .measurement import Measurement, normal, wilson
from .subject import Subject

Hits = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]  # known codes and classes, asked codes and classes -> (n,)


def beside(learned: Tensor, simple: Tensor | None, width: int, worse: str, details: dict[str, Any]) -> dict[str, Any]:
    """Baseline, flag and details of a mean over examples.

    Arguments:
        learned: One number per example, larger is better, (n,).
        simple: The same with principal components; None where there are none.
        width: How many components they are.
        worse: The flag where the model is worse, with 95 % confidence.
        details: More details.
    """
    if simple is None:
        return {"details": details}
    low, high = normal(learned - simple)
    return {
        "baseline": simple.mean().item(),
        "baseline_name": f"PCA({width})",
        "flag": worse if high < 0 else "",
        "details": details | {"difference": (learned - simple).mean().item(), "difference_interval": [low, high]},
    }


def classified(subject: Subject, hits: Hits, fewest: int, worse: str) -> Measurement:
    """Share of test examples whose class `hits` finds from their codes, beside the same with principal components.

    Arguments:
        subject: Whose codes.
        hits: 1.0 where a method that knows the first codes and their classes names the class of the others, (n,).
        fewest: Labelled training examples that the method needs.
        worse: The flag where principal components tell more, with 95 % confidence.

    Raises:
        Undefined: For conditional models, without classes, and for too few examples.
    """
    untold(subject)
    known, known_y = labelled(subject.train[1])
    asked, asked_y = labelled(subject.y)
    if len(known) < fewest or len(asked) < 2 or present(known_y) < 2:
        raise Undefined(
            f"it takes {fewest} labelled training examples of 2 classes or more, and 2 labelled test examples"
        )
    learned = hits(subject.codes(train=True)[known], known_y, subject.codes()[asked], asked_y)
    largest = asked_y.bincount().max().item() / len(asked_y)
    simple, linear = None, subject.pca
    if linear is not None:
        before, after = (linear.encode(subject.points(x)) for x in (subject.train[0][known], subject.x[asked]))
        simple = hits(before, known_y, after, asked_y)
    rest = beside(learned, simple, 0 if linear is None else len(linear.axes), worse, {"largest_class": largest})
    return Measurement(value=learned.mean().item(), interval=wilson(learned), n=len(learned), **rest)
