"""A generator that makes few kinds of examples."""

from itertools import pairwise

from ..training.health import ALIKE, GROWING
from .base import Case, Finding, rule
from .base.live import earlier, of_age

TROUBLE = "mode collapse"


@rule(
    title="a generator that lost part of the data",
    needs=("diversity", "modes"),
    helps=("coverage",),
    game=True,
    verified=True,
)
def mode_collapse(case: Case) -> Finding:
    r"""Known modes without samples; where nobody knows the modes, samples half as varied as the data, or samples that
    reach less than half of it. It counts only if it lasted: where variety still grew at the end, it is no collapse.

    Reference:
        Salimans et al. (2016), Improved techniques for training GANs. https://arxiv.org/abs/1606.03498;
        Lin, Khetan, Fanti and Oh (2018), PacGAN: the power of two samples in generative adversarial networks.
        https://arxiv.org/abs/1712.04086;
        Gulrajani et al. (2017), Improved training of Wasserstein GANs. https://arxiv.org/abs/1704.00028
    """
    began = earlier(case, TROUBLE)
    measured, value, threshold, few = variety(case)
    lost = few and (bool(began) or not growing(case))
    if not few and not began:
        return Finding("", "fine", measured, value, threshold)
    if lost:
        words = "The generator makes few kinds of examples and leaves the rest of the data out."
    elif few:
        words = (
            "Samples are less varied than the data, but their variety was still growing: train longer and look again."
        )
    else:
        words = f"Modes were lost at step {began[-1]:,}; at the end they are there."
    changes = remedies(case) if lost else case.option("epochs", f"{2 * (case.setting('epochs') or 1):g}") if few else ()
    effect = "samples spread over the whole of the data" if changes else ""
    return Finding("", "fault" if lost else "warning", measured, value, threshold, words, changes, effect)


def growing(case: Case) -> bool:
    """Whether samples became more varied in the last 500 steps, step by step: variety that comes and goes is no growth.

    Raises:
        Undefined: Where the game is too young to be judged.
    """
    seen = [look["diversity"] for look in of_age(case).looks()]
    falls = sum(later < before for before, later in pairwise(seen))
    return bool(seen) and seen[-1] > GROWING * seen[0] and falls <= len(seen) // 4


def variety(case: Case) -> tuple[str, float, float, bool]:
    """What was measured in words, the number, its threshold, and whether it is too small.

    Raises:
        Undefined: Where nothing says how varied samples are.
    """
    modes, reach = case.measured.get("modes"), case.measured.get("coverage")
    if modes is not None and modes.value is not None and modes.baseline is not None:
        near = float(modes.details["near"])
        said = f"samples are near {near:.0f} of {modes.baseline:.0f} modes (all are wanted)"
        return said, near, modes.baseline, near < modes.baseline
    found = case.measurement("diversity")
    assert found.value is not None and found.interval is not None
    said = f"samples are {found.value:.2g} times as varied as the data (collapsed below {ALIKE:g})"
    few = found.interval[1] < ALIKE
    if reach is not None and reach.value is not None and reach.interval is not None:
        said += f"; they reach {reach.value:.2g} of it (collapsed below {ALIKE:g})"
        few = few or reach.interval[1] < ALIKE
    return said, found.value, ALIKE, few


def remedies(case: Case) -> tuple[str, ...]:
    """The critic's learning rate for a faster generator, and R1; packs; the variety of the batch."""
    rates, lr = case.setting("player_lr") or {}, case.setting("lr")
    fast = rates.get("generator", lr) > rates.get("critic", lr)
    held = case.part("objective").get("penalty") is not None
    steady = () if held else case.option("objective.penalty", "r1")
    slower = (f"--lr.generator {rates.get('critic', lr):g}",) if fast else ()
    found = (" ".join([*slower, *steady]),) if slower or steady else ()
    found += case.option("objective.critic.pack", 2)
    return found + case.option("objective.critic.deviation", "true")
