"""A flat loss: training did not move the model from where it began."""

import math

from ..core.errors import Undefined
from .base import USUAL_LR, Case, Finding, rule

MOVED = 0.001  # nats per cell
YOUNG = 100  # steps


@rule(title="training that does not move", needs=("generalisation",), verified=True)
def flat_loss(case: Case) -> Finding:
    r"""From the first row of the log to the last the loss moved by less than 0.001 nats per cell, and the model is no
    better on its own training examples than one without a code, by as much. The validation loss counts where there is
    one.

    A model that begins well and stays there, because it was resumed or because one pass was enough, has learned
    something, and is let be.

    Reference:
        Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward neural networks.
        https://proceedings.mlr.press/v9/glorot10a.html
    """
    details, seen = case.measurement("generalisation").details, losses(case)
    if details.get("alone") is None:
        raise Undefined("there is no model without a code to compare with")
    if len(seen) < 2 or case.steps < YOUNG:
        raise Undefined(f"the log is younger than {YOUNG} steps")
    cells = math.prod(case.spec["data"]["event"]["shape"])
    moved, gained = abs(seen[-1] - seen[0]) / cells, (details["train"] - details["alone"]) / cells
    measured = (
        f"the loss moved by {moved:.2g} nats per value since the first row (fault below {MOVED:g}); beside a model "
        f"without a code, training examples gain {gained:+.2g}"
    )
    if moved >= MOVED or gained >= MOVED:
        return Finding("", "fine", measured, moved, MOVED)
    words = "Training hardly changes the model: it ends where it began."
    effect = "the loss falls from the first rows on"
    return Finding("", "fault", measured, moved, MOVED, words, remedies(case), effect)


def losses(case: Case) -> list[float]:
    """The loss row by row, in nats per example: on validation examples, which stay the same, or in training."""
    rows = case.events("row")
    for split in ("validation", "train"):
        if seen := [row[split]["loss"] for row in rows if "loss" in row[split]]:
            return seen
    return []


def remedies(case: Case) -> tuple[str, ...]:
    """The usual learning rate for a smaller one; ten times the rate otherwise."""
    lr = case.setting("lr") or USUAL_LR
    return case.option("lr", f"{USUAL_LR if lr < USUAL_LR else 10 * lr:g}")
