"""Overfitting: what was learned holds for the training examples only."""

from ..core.errors import Undefined
from .base import Case, Finding, rule

LOST = 0.25  # share of what was learned that new examples do not have
SURE = 3.0  # standard errors


@rule(title="a model that learned its training examples by heart", needs=("generalisation",), verified=True)
def overfit(case: Case) -> Finding:
    r"""New examples lack more than a quarter of what was learned, and the gap exceeds three standard errors.

        lost = (L_train - L_test) / (L_train - L_without a code)

    Where the validation loss is still at its best, that is a warning: it may be a hard test split as well.

    Reference:
        Wu et al. (2017), On the quantitative analysis of decoder-based generative models.
        https://arxiv.org/abs/1611.04273;
        Prechelt (1998), Early stopping, but when? https://doi.org/10.1007/3-540-49430-8_3
    """
    found = case.measurement("generalisation")
    lost = found.details.get("lost")
    if lost is None or found.interval is None or found.value is None:
        raise Undefined("nothing was learned that could be lost")
    error = (found.interval[1] - found.value) / 1.96
    measured = (
        f"new examples lack {lost:.0%} of what was learned about training examples (fault above {LOST:.0%}); "
        f"the gap is {found.value:.3g} nats, {found.value / max(error, 1e-12):.1f} standard errors (at least {SURE:g})"
    )
    if lost <= LOST or found.value <= SURE * error:
        return Finding("", "fine", measured, lost, LOST)
    growing, best = rising(case)
    words = "The model learned its training examples by heart: what it says about them does not hold for new ones."
    words += f" The validation loss was best at epoch {best:.3g}, and has been rising since." if growing else ""
    effect = "the gap shrinks, and new examples are predicted better; what is left takes more examples"
    return Finding(
        "", "fault" if growing is not False else "warning", measured, lost, LOST, words, remedies(case), effect
    )


def rising(case: Case) -> tuple[bool | None, float]:
    """Whether the validation loss ended above its best, and the epoch of that; None without a validation split."""
    seen = [(row["validation"]["loss"], row["epoch"]) for row in case.events("row") if "loss" in row["validation"]]
    if not seen:
        return None, 0.0
    return seen[-1][0] > min(seen)[0], min(seen)[1]


def remedies(case: Case) -> tuple[str, ...]:
    """Stopping in time; smaller networks."""
    early = () if case.contest is not None or case.setting("patience") else case.option("patience", 10)
    smaller = [*case.option("encoder.widths", "64"), *case.option("decoder.widths", "64")]
    return (*early, *([" ".join([*smaller, *early])] if smaller else []))
