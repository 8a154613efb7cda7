"""A critic that knows its training examples by heart."""

import math
from statistics import fmean, stdev

from ..core.errors import Undefined
from ..training.health import BY_HEART, accuracies
from .base import Case, Finding, rule
from .base.live import earlier, of_age

TROUBLE = "the critic learns by heart"
ROWS, CERTAIN = 5, 3.0  # rows at least; standard errors
SMALLER, DROPPED, NOISE = 10, 0.5, 0.5  # how much smaller; share of units; deviations of the data


@rule(title="a critic that learned its training examples by heart", game=True, verified=True)
def critic_memorises(case: Case) -> Finding:
    r"""The critic calls training examples real more often than new ones, by more than 0.15 and by more than three
    standard errors: the mean over the rows of the last 500 steps, at least five rows, of

        share of training examples called real - share of validation examples called real

    A row compares the steps before it with the critic at its end, which changes from step to step: hence the errors,
    from the spread of the rows. Does not apply with a running mean of the weights, which validation uses and training
    does not, and to games in which a score is neither right nor wrong (`wasserstein`).

    Reference:
        Karras et al. (2020), Training generative adversarial networks with limited data.
        https://arxiv.org/abs/2006.06676
    """
    seen, new = lately(case)
    gaps = [a - b for a, b in zip(seen, new, strict=True)]
    gap, error = fmean(gaps), stdev(gaps) / math.sqrt(len(gaps))
    measured = (
        f"the critic takes {fmean(seen):.0%} of the training examples for real and {fmean(new):.0%} of new ones, "
        f"{gap:.2f} more, with a standard error of {error:.2f} (fault above {BY_HEART:g} and {CERTAIN:g} errors)"
    )
    known, began = gap > max(BY_HEART, CERTAIN * error), earlier(case, TROUBLE)
    if not known and not began:
        return Finding("", "fine", measured, gap, BY_HEART)
    words = (
        "The critic knows the training examples by heart: it pulls samples towards them, not towards the data."
        if known
        else f"The critic knew its training examples by heart at step {began[-1]:,}; at the end it does not."
    )
    effect = "the critic is right about new examples as often as about training examples"
    return Finding("", "fault" if known else "warning", measured, gap, BY_HEART, words, remedies(case), effect)


def lately(case: Case) -> tuple[list[float], list[float]]:
    """Shares of training and of new examples that the critic took for real, over the last rows.

    Raises:
        Undefined: Where the two cannot be compared.
    """
    course = of_age(case)
    if course.averaged:
        raise Undefined("validation uses the running mean of the weights, and training does not")
    if len(course.rows) < ROWS:
        raise Undefined(f"the log has less than {ROWS} rows: log more often")
    rows = course.rows[-max(ROWS, len(course.lately())) :]
    seen, new = (accuracies(rows, split, ("real",)) for split in ("train", "validation"))
    if not seen or not new:
        raise Undefined("nothing says how often the critic is right with training examples and with new ones")
    return seen, new


def remedies(case: Case) -> tuple[str, ...]:
    """Noise on what the critic sees; a smaller critic; units that it drops at random while it learns."""
    critic = case.part("objective").get("critic", {})
    own = critic.get("network", {})
    small = ",".join(str(max(1, width // SMALLER)) for width in own.get("widths") or ())
    found = () if critic.get("noise") else case.option("objective.critic.noise", NOISE)
    found += case.option("objective.critic.network.widths", small) if small else ()
    return found + (() if own.get("dropout") else case.option("objective.critic.network.dropout", DROPPED))
