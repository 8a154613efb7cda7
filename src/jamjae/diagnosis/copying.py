"""Samples that are training examples."""

from ..evaluation.memorisation import ALARM
from .base import Case, Finding, rule

BUMPS = 10  # of a prior: one for each example is a list of them


@rule(title="samples that copy training examples", helps=("memorisation",), most="warning", verified=True)
def copying(case: Case) -> Finding:
    r"""Samples are nearer to training examples than to as many unseen ones, four standard errors from chance or more.

    A warning: look at the pairs in the report. Where the held-out examples come from elsewhere, honest models vote
    above one half, too.

    Reference:
        Stein et al. (2023), Exposing flaws of generative model evaluation metrics. https://arxiv.org/abs/2306.04675
    """
    found = case.measurement("memorisation")
    z = found.details["by_extractor"][found.details["extractor"]]["z"]
    measured = (
        f"{found.value:.1%} of the samples are nearer to a training example than to an unseen one, {z:.1f} standard "
        f"errors from one half (warning above {ALARM:g})"
    )
    if z <= ALARM:
        return Finding("", "fine", measured, z, ALARM)
    words = "Some samples are copies of training examples, or hardly more: the model may give away what it was shown."
    effect = "the vote falls towards one half"
    return Finding("", "warning", measured, z, ALARM, words, remedies(case), effect)


def remedies(case: Case) -> tuple[str, ...]:
    """Stopping in time, with fewer bumps in a prior of many, typed together; smaller networks."""
    early = () if case.contest is not None or case.setting("patience") else case.option("patience", 10)
    many = (case.part("prior").get("components") or 0) > BUMPS
    first = [*(case.option("prior.components", BUMPS) if many else ()), *early]
    return (*([" ".join(first)] if first else []), *case.option("decoder.widths", "64"))
