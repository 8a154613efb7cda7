"""A critic that wins: the generator learns nothing from it."""

import math
from statistics import median

from ..training.health import HELD, SURE, accuracies
from .base import Case, Finding, rule
from .base.live import earlier, now

FAR = 4.0  # times what fooling costs at the equilibrium: of the usual game, made examples pass for real in 6 %
TROUBLE = "the critic wins"


@rule(title="a critic that overpowers the generator", game=True, verified=True)
def critic_overpowers(case: Case) -> Finding:
    r"""The critic is right in more than 95 % of cases over the last 500 steps, and the generator's gradient has
    vanished, or fooling costs more than 4 times what it costs at the equilibrium (non-saturating game: 4 ln 2).

    A gradient that vanishes is what the original game shows; in the non-saturating game it grows, and the cost of
    fooling tells instead.

    Reference:
        Goodfellow et al. (2014), Generative adversarial networks. https://arxiv.org/abs/1406.2661;
        Heusel et al. (2017), GANs trained by a two time-scale update rule. https://arxiv.org/abs/1706.08500;
        Mescheder, Geiger and Nowozin (2018), Which training methods for GANs do actually converge?
        https://arxiv.org/abs/1801.04406
    """
    text, ratio = now(case, TROUBLE), far(case)
    sure = accuracies(case.course.lately(), "train")
    lost = bool(text) or (bool(sure) and median(sure) > SURE and ratio is not None and ratio > FAR)
    said = (
        [f"the critic was right in {median(sure):.1%} over the last {HELD} steps (sure above {SURE:.0%})"]
        if sure
        else []
    )
    if ratio is not None:
        said.append(f"fooling it costs {ratio:.2g} times what it should in the end (too much above {FAR:g})")
    measured = "; ".join([*said, *([text] if text else [])])
    began = earlier(case, TROUBLE)
    if not lost and not began:
        return Finding("", "fine", measured, ratio, FAR)
    words = (
        "The critic tells made examples from real ones so surely that the generator hardly learns from it."
        if lost
        else f"The critic overpowered the generator from step {began[-1]:,} on; at the end it does not."
    )
    effect = "the critic errs more often, and the cost of fooling falls"
    return Finding("", "fault" if lost else "warning", measured, ratio, FAR, words, remedies(case), effect)


def far(case: Case) -> float | None:
    """What fooling cost over the last 500 steps, in units of the equilibrium; None where it has none.

    Of the original game, whose maker gains log(1 - D) instead: what it would cost in the usual one, -log D.
    """
    start, course = case.events("start"), case.course
    rest = start[0].get("equilibrium", {}) if start else {}
    fooling = "fooling" if course.maker == "model" else f"{course.maker}.fooling"
    seen = course.of_maker("fooling", course.lately())
    level = rest.get(fooling, 0.0)
    if not seen or level == 0.0:
        return None
    usual = median(seen)
    return usual / level if level > 0 else math.log(max(-math.expm1(usual), 1e-30)) / level


def remedies(case: Case) -> tuple[str, ...]:
    """The generator's own learning rate for the critic, R1, spectral norm, noise."""
    rates, lr = case.setting("player_lr") or {}, case.setting("lr")
    found = (f"--lr.critic {rates.get('generator', lr):g}",) if rates.get("critic", lr) > lr else ()
    held = case.part("objective").get("penalty") is not None
    found += () if held else case.option("objective.penalty", "r1")
    found += case.option("objective.critic.spectral_norm", "true")
    return found + case.option("objective.critic.noise", 0.1)
