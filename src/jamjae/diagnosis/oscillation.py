"""A game that swings ever wider."""

from typing import Any

from ..core.errors import Undefined
from ..training.health import FEWEST, GROWN, swinging
from .base import Case, Finding, rule
from .base.live import earlier, of_age

TROUBLE = "oscillation"


@rule(title="a game that swings ever wider", game=True, verified=True)
def oscillation(case: Case) -> Finding:
    r"""The critic's loss less the generator's swings, and the swings grow: over the last 40 rows of the log its
    autocorrelation falls below -0.4 and comes back above 0.5 a swing later, the later half is 1.25 times as wide as
    the earlier one or more, and a tenth as wide as the losses are large.

    Swings that were told while training went on and do not grow at the end are a warning. A game needs 24 rows of the
    log; swings shorter than two rows are not seen.

    Reference:
        Mescheder, Geiger and Nowozin (2018), Which training methods for GANs do actually converge?
        https://arxiv.org/abs/1801.04406;
        Gidel et al. (2019), Negative momentum for improved game dynamics. https://arxiv.org/abs/1807.04740
    """
    found = swinging(of_age(case))
    if found is None:
        raise Undefined(f"a swing takes {FEWEST} rows of the log to be seen: log more often")
    began = earlier(case, TROUBLE)
    steps, wider = found
    measured = (
        f"the losses swing every {steps:,} steps or so, {wider:.1f} times as wide as before (fault above {GROWN:g})"
        if steps
        else "no swing that grows in the last rows of the log"
    )
    if not steps and not began:
        return Finding("", "fine", measured, wider, GROWN)
    words = (
        "Critic and generator chase each other in ever wider circles: more steps lead away from the data."
        if steps
        else f"The losses swung ever wider at step {began[-1]:,}; at the end they do not."
    )
    effect = "the losses of critic and generator settle"
    return Finding("", "fault" if steps else "warning", measured, wider, GROWN, words, remedies(case), effect)


def remedies(case: Case) -> tuple[str, ...]:
    """R1; no momentum; a learning rate ten times smaller."""
    settings = case.setting("optimiser_options") or {}
    found = case.option("objective.penalty", "r1") if case.part("objective").get("penalty") is None else ()
    found += ("--optimiser.momentum 0",) if first(settings.get("momentum", 0)) else ()
    found += ("--optimiser.betas 0,0.99",) if first(settings.get("betas", 0)) else ()
    return found + case.option("lr", f"{(case.setting('lr') or 1e-3) / 10:g}")


def first(value: Any) -> float:
    """The first number of an option of the optimiser, as it was typed or as it is meant."""
    held = value.split(",") if isinstance(value, str) else value
    return float(held[0] if isinstance(held, list | tuple) else held)
