"""The scores of `strangeness`, asked for before training and taken after it."""

import numpy as np
from torch import Tensor

from ..core.errors import Undefined, UsageError, unknown
from ..core.mode import evaluating
from ..judge import Judge
from ..plan import Plan
from ..scoring import numbers
from ..strangeness import KINDS, suited


def meaningful(plan: Plan, by: str | None) -> str:
    """The score that was asked for, or the first that has a meaning, from one example of the untrained model.

    Raises:
        UsageError: If it has no meaning for this model, with the reason.
    """
    if by is not None and by not in KINDS:
        raise unknown("score", by, KINDS)
    x, _ = plan.dataset.examples("train", 2)
    judge = Judge(plan.model, lambda: (x, None), samples=1)
    with evaluating(plan.model):
        try:
            if by is None:
                return suited(judge, x[:1], None)
            KINDS[by](judge, x[:1], None)
        except Undefined as reason:
            raise UsageError(f"`recipe` {plan.recipe} has no such score: {reason}. Choose another one.") from None
    return by


def usual(judge: Judge, x: Tensor, by: str) -> np.ndarray:
    """How usual each of x (n, *event) is, (n,), float64: minus its strangeness, so that larger is more usual."""
    return -numbers(KINDS[by](judge, x, None)[0], "`X`")
