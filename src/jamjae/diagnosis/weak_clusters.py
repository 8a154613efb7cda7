"""Weak clusters: neighbouring codes know the classes less well than principal components."""

from ..core.errors import Undefined
from .base import Case, Finding, rule
from .collapse import longer, scaled

WORSE = 0.05  # share of the examples
NARROW, WIDE = 64, 256  # units of a layer


@rule(title="codes that mix the classes", helps=("knn",), most="warning", verified=True)
def weak_clusters(case: Case) -> Finding:
    r"""The classes of neighbouring codes agree less often than those of neighbouring principal components, as many as
    the code has axes: by more than 5 % of the examples, the interval of the paired difference and all.

    A warning: codes that ignore the class can still be good codes. To be no better than components is no finding.

    Reference:
        Cover and Hart (1967), Nearest neighbor pattern classification. https://doi.org/10.1109/TIT.1967.1053964
    """
    found = case.measurement("knn")
    interval = found.details.get("difference_interval")
    if interval is None:
        raise Undefined("there are no principal components to compare with")
    low, high = interval
    measured = (
        f"neighbouring codes name the class of {found.value:.0%}, principal components of {found.baseline:.0%}; "
        f"the difference is {low:+.1%} to {high:+.1%} (warning where all of it is below {-WORSE:.0%})"
    )
    if high >= -WORSE:
        return Finding("", "fine", measured, high, -WORSE)
    words = "Codes of different classes lie among each other, more than principal components do."
    effect = "neighbouring codes agree on the class more often"
    return Finding("", "warning", measured, high, -WORSE, words, remedies(case), effect)


def remedies(case: Case) -> tuple[str, ...]:
    """A wider encoder, where it is narrow; a smaller weight of the code; more passes."""
    widths = case.part("encoder").get("widths") or ()
    wider = case.option("encoder.widths", WIDE) if widths and min(widths) < NARROW else ()
    return (*wider, *scaled(case), *longer(case))
