"""A generator that wins: its critic guesses, and sees nothing of what is wrong with the samples."""

from statistics import median

from ..core.errors import Undefined
from ..training.health import HELD, accuracies
from .base import Case, Finding, rule
from .base.live import of_age

GUESSES, TOLD = 0.55, 0.7  # accuracy of a critic that is no help; AUC of a classifier that tells samples easily


@rule(title="a generator that overpowers the critic", helps=("c2st",), game=True, verified=True)
def generator_overpowers(case: Case) -> Finding:
    r"""The critic is right in less than 55 % of cases, the median over the last 500 steps, and a fresh classifier tells
    samples from test examples all the same: `c2st` is above 0.7, interval and all.

    At the equilibrium a critic guesses, too; there nobody can tell samples from examples. Does not apply to games in
    which a score is neither right nor wrong (`wasserstein`).

    Reference:
        Goodfellow et al. (2014), Generative adversarial networks. https://arxiv.org/abs/1406.2661;
        Lopez-Paz and Oquab (2017), Revisiting classifier two-sample tests. https://arxiv.org/abs/1610.06545
    """
    right = accuracies(of_age(case).lately(), "train")
    if not right:
        raise Undefined("nothing says how often the critic is right")
    often = median(right)
    measured = f"the critic was right in {often:.1%} over the last {HELD} steps (it guesses below {GUESSES:.0%})"
    if often >= GUESSES:
        return Finding("", "fine", measured, often, GUESSES)
    told = case.measurement("c2st")
    assert told.value is not None and told.interval is not None
    measured += f"; a fresh classifier tells samples with an AUC of {told.value:.2g} (fault above {TOLD:g})"
    if told.interval[0] <= TOLD:
        return Finding("", "fine", measured, often, GUESSES)
    words = "The critic cannot tell samples from examples, and others can: the generator learns nothing from it."
    effect = "the critic is right more often, and samples come closer to the data"
    return Finding("", "fault", measured, often, GUESSES, words, remedies(case), effect)


def remedies(case: Case) -> tuple[str, ...]:
    """The generator's own learning rate for a slower critic; units as many as the generator has; more steps."""
    rates, lr = case.setting("player_lr") or {}, case.setting("lr")
    found = (f"--lr.critic {rates.get('generator', lr):g}",) if slower(rates, lr) else ()
    own = case.part("objective").get("critic", {}).get("network", {}).get("widths")
    maker = case.part("decoder").get("widths")
    if own and maker and sum(own) < sum(maker):
        found += case.option("objective.critic.network.widths", ",".join(map(str, maker)))
    steps = case.part("objective").get("critic_steps", 1)
    return found + case.option("objective.critic_steps", 5 * steps)


def slower(rates: dict[str, float], lr: float) -> bool:
    """Whether the critic learns more slowly than the generator."""
    return rates.get("critic", lr) < rates.get("generator", lr)
