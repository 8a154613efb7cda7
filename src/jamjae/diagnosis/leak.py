"""Test examples that the model was trained on."""

from ..core.errors import Undefined
from .base import Case, Finding, rule

MOST = 0.01  # share of test examples


@rule(title="test examples that were trained on", verified=True)
def leak(case: Case) -> Finding:
    """More than 1 % of the test or validation examples are also in the training split, value for value.

    Where the training split repeats itself as often, that may be the nature of the data (few possible values), and it
    is a warning. Only exact copies are found: a copy with noise, or shifted by a pixel, is not.

    Reference:
        Barz and Denzler (2020), Do we train on test data? Purging CIFAR of near-duplicates.
        https://arxiv.org/abs/1902.00423
    """
    if not case.remarks:
        raise Undefined("the data was not looked at")
    share = {r.name: r.share for r in case.remarks if r.name}
    split, worst = max(((s, share.get(f"shared with {s}", 0.0)) for s in ("test", "validation")), key=lambda f: f[1])
    natural = share.get("repeated in train", 0.0)
    measured = f"{worst:.1%} of the {split} examples are also training examples (fault above {MOST:.0%})"
    if worst <= MOST:
        return Finding("", "fine", measured, worst, MOST)
    words = f"Part of the {split} split was trained on, so numbers measured on it flatter the model."
    words += f" {natural:.1%} of the training examples repeat each other, too." if natural > MOST else ""
    words += " No option helps: remove the duplicates from the file before it is split, and fit again."
    effect = "numbers fall to what new examples deserve"
    return Finding("", "warning" if natural >= worst else "fault", measured, worst, MOST, words, (), effect)
