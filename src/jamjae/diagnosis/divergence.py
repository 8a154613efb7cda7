"""Divergence: training blew up, or ended worse than it began."""

import math

from ..training.loop import ROLLBACKS
from .base import Case, Finding, Level, rule

WORSE, BLOWN = 0.1, 1.0  # nats per cell more than without a code: at the end; on the way


@rule(title="training that diverged", needs=("generalisation",), verified=True)
def divergence(case: Case) -> Finding:
    r"""Training gave up after its rollbacks; or it ended worse than a model without a code, which describes every cell
    on its own: by more than 0.1 nat per cell on its own training examples, or at all where a row of the log was worse
    by more than 1 nat per cell. With a weight of the rate below 1 the code may cost more than it saves, and that is no
    divergence: there the reconstruction alone is compared. Rollbacks after which it went on are a warning.

    Reference:
        Pascanu, Mikolov and Bengio (2013), On the difficulty of training recurrent neural networks.
        https://arxiv.org/abs/1211.5063;
        Kingma and Ba (2015), Adam: a method for stochastic optimization. https://arxiv.org/abs/1412.6980
    """
    backs = len(case.events("rollback"))
    gave_up = backs >= ROLLBACKS and not case.events("end")
    worse, worst = excess(case)
    broken = worse is not None and worst is not None and (worse > WORSE or (worse >= 0 and worst > BLOWN))
    said = [f"{backs} rollbacks (it gives up after {ROLLBACKS})"]
    if worse is not None and worst is not None:
        said.append(
            f"beside a model without a code, training examples cost {worse:+.3g} nats per value (at most +{WORSE:g}; "
            f"at most 0 after a row worse than +{BLOWN:g}, and the worst had {worst:+.3g})"
        )
    level: Level = "fault" if gave_up or broken else "warning" if backs else "fine"
    measured = "; ".join(said)
    if level == "fine":
        return Finding("", level, measured, worse, WORSE)
    words = "Training gave up: numbers became infinite." if gave_up else "Numbers became infinite on the way."
    words = "Training blew up and did not recover: the model is worse than none." if broken and not gave_up else words
    effect = "the loss falls from the first rows on"
    return Finding("", level, measured, worse, WORSE, words, remedies(case), effect)


def excess(case: Case) -> tuple[float | None, float | None]:
    """Nats per cell that training examples cost more than without a code, at the end and in the worst row of the log;
    None where that has no meaning."""
    found = case.measured.get("generalisation")
    if found is None or found.details.get("alone") is None:
        return None, None
    cells, alone = math.prod(case.spec["data"]["event"]["shape"]), found.details["alone"]
    rows = [row["train"]["distortion"] for row in case.events("row") if "distortion" in row["train"]]
    light = case.part("objective").get("beta", 1.0) < 1 and rows
    end = float(alone + rows[-1] if light else alone - found.details["train"]) / cells
    return end, max([end, *((value + alone) / cells for value in rows)])


def remedies(case: Case) -> tuple[str, ...]:
    """A learning rate ten times smaller, or the usual one; clipping."""
    lr = case.setting("lr") or 1e-3
    slower = case.slower() or case.option("lr", f"{lr / 10:g}")
    return (*slower, *(f"{s} --clip 1" for s in slower if not case.setting("clip")))
