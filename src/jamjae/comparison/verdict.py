"""The rule of evidence: when one arm may be called better than another."""

from dataclasses import dataclass

from ..evaluation.base import Metric
from .arm import Arm, difference
from .difference import EXAMPLES, Difference
from .meaning import incomparable

SEEDS = 5  # on each side; fewer say too little about another training run
BETTER, WORSE, NOT_SHOWN, NOT_COMPARABLE, UNDEFINED = "better", "worse", "not shown", "not comparable", "undefined"


@dataclass(frozen=True)
class Against:
    """An arm against another one in one metric.

    Arguments:
        arm: The first of the difference.
        other: What is subtracted.
        difference: One minus other.
        verdict: "better", "worse", "not shown", "not comparable" or "undefined".
        why: Why it is not more.
        doubt: Why the difference, whatever is better, is not shown; empty where it is.
    """

    arm: str
    other: str
    difference: Difference
    verdict: str
    why: str = ""
    doubt: str = ""


def against(one: Arm, other: Arm, metric: Metric) -> Against:
    """Compare two arms in a metric, if that has a meaning."""
    missing = [(arm.title, arm.undefined(metric.name)) for arm in (other, one) if not arm.values(metric.name)]
    if missing:
        why = "; ".join(f"{title}: {reason or 'not measured'}" for title, reason in missing)
        return Against(one.title, other.title, Difference(reason=why), UNDEFINED, why)
    if why := incomparable(metric, one.ground, other.ground) or by_other_means(one, other, metric.name):
        return Against(one.title, other.title, Difference(reason=why), NOT_COMPARABLE, why)
    found = difference(one, other, metric.name)
    doubted = incomplete(one, other, metric.name) or doubt(found)
    return Against(one.title, other.title, found, *judged(found, metric.better, doubted), doubted)


def incomplete(one: Arm, other: Arm, metric: str) -> str:
    """Why the seeds that have a value are no fair sample; empty where all have one."""
    partial = [f"{arm.title}: {arm.undefined(metric)}" for arm in (other, one) if arm.undefined(metric)]
    return f"undefined for some seeds, and the others are a choice ({'; '.join(partial)})" if partial else ""


def by_other_means(one: Arm, other: Arm, metric: str) -> str:
    """Why two values were not measured alike: other features, or another number of examples; empty where they were."""
    used = one.instruments(metric) | other.instruments(metric)
    said = " and ".join(f"{extractor}, n = {n:,}" for extractor, n in sorted(used))
    return f"it was not measured alike everywhere: {said}" if len(used) > 1 else ""


def judged(found: Difference, better: str, doubted: str) -> tuple[str, str]:
    """The verdict on a difference, and why it is not more: "better" and "worse" only under the rule of evidence.

    Arguments:
        found: One minus other.
        better: "higher" or "lower"; empty where more is neither good nor bad.
        doubted: Why it is not shown; empty where it is.

    Example:
        >>> judged(Difference(1.0, (0.5, 1.5), 5), "lower", ""), judged(Difference(1.0, None), "lower", "one seed")
        (('worse', ''), ('not shown', 'one seed'))
    """
    if not better:
        return NOT_SHOWN, "more of it is neither good nor bad"
    if doubted:
        return NOT_SHOWN, doubted
    return (BETTER if (found.sign > 0) == (better == "higher") else WORSE), ""


def doubt(found: Difference) -> str:
    """Why a difference is not shown; empty where it is: an interval over at least 5 seeds that excludes 0."""
    if found.interval is None:
        return found.reason
    if found.sign == 0:
        return "the interval of the difference holds 0"
    if found.over == EXAMPLES:
        return f"one training run each: another one may differ by more; it takes at least {SEEDS} seeds on each side"
    return f"{found.pairs} seeds: it takes at least {SEEDS} on each side" if found.pairs < SEEDS else ""
