"""Total collapse: the decoder ignores the code."""

from dataclasses import replace

from ..core.errors import Undefined
from .base import Case, Finding, Level, rule

SILENT = 0.1  # nats: below, a code says nothing about its example
FREE = 0.1  # nats per axis
DECAY = 0.1  # weight decay
YOUNG, GROWING = 100, 1.25  # steps; how much more the code says than half-way through the log


@rule(title="a decoder that ignores the code", needs=("rate", "shuffle"), verified=True)
def collapse(case: Case) -> Finding:
    r"""The rate is below 0.1 nat, or the code of another example does as well: the interval of `shuffle` holds 0.

    It is a warning before the hundredth step, or where the KL still grew by a quarter over the second half of the log.

    Reference:
        Bowman et al. (2016), Generating sentences from a continuous space. https://arxiv.org/abs/1511.06349;
        Kingma et al. (2016), Improved variational inference with inverse autoregressive flow.
        https://arxiv.org/abs/1606.04934;
        Lucas et al. (2019), Don't blame the ELBO! https://arxiv.org/abs/1911.02469
    """
    rate, gain = case.number("rate"), case.measured.get("shuffle")
    if rate is None and (gain is None or gain.interval is None):
        raise Undefined(case.measured["rate"].reason if "rate" in case.measured else "`rate` was not measured")
    same = gain is not None and gain.interval is not None and gain.interval[0] <= 0
    said = [] if rate is None else [f"the code says {rate:.3g} nats about an example (silent below {SILENT:g})"]
    if gain is not None and gain.interval is not None:
        said.append(f"a wrong code costs {gain.interval[0]:.3g} to {gain.interval[1]:.3g} nats")
    silent = same or (rate is not None and rate < SILENT)
    level: Level = "fine" if not silent else "warning" if opening(case) else "fault"
    found = Finding("", level, "; ".join(said), rate, SILENT)
    return found if level == "fine" else explained(found, case)


def opening(case: Case) -> bool:
    """Whether training is too young to tell: a code that is not in use after a hundred steps, or whose KL still grew by
    a quarter over the second half of the log, may come yet."""
    seen = [row["train"]["kl"] for row in case.events("row") if "kl" in row["train"]]
    return case.steps < YOUNG or (len(seen) > 2 and seen[-1] > GROWING * seen[len(seen) // 2])


def explained(found: Finding, case: Case) -> Finding:
    """The same finding with what it means and what helps."""
    effect = "the rate rises above a nat, and reconstructions differ from each other"
    if found.level == "warning":
        words = "The decoder does not use the code yet, but training is young: train longer, and look again."
        return replace(found, words=words, change=longer(case), effect=effect)
    words = "The decoder ignores the code: every example is described alike, and the latent space is empty."
    return replace(found, words=words, change=remedies(case), effect=effect)


def longer(case: Case) -> tuple[str, ...]:
    """Ten times the passes, or what takes a thousand steps."""
    epochs = case.setting("epochs") or 1.0
    return case.option("epochs", f"{epochs * min(10.0, max(2.0, 1000 / max(case.steps, 1))):.2g}")


def remedies(case: Case) -> tuple[str, ...]:
    """What opens the code again, by the first cause that the spec shows: a learning rate, weights that are driven to
    zero, a scale of the loss."""
    warm = case.option("objective.schedule", "linear")
    rest = case.option("objective.free_bits", FREE)
    rest += tuple(f"{w} --objective.schedule.steps {max(1, case.steps // 2)}" for w in warm)
    return case.slower() or undecayed(case) or scaled(case) or rest


def undecayed(case: Case) -> tuple[str, ...]:
    """No weight decay, where it is stronger than any that is in use."""
    decay = (case.setting("optimiser_options") or {}).get("weight_decay", 0.0)
    return ("--optimiser.weight_decay 0",) if float(decay) > DECAY else ()


def scaled(case: Case) -> tuple[str, ...]:
    """A beta of 1, and a learned sigma where a fixed one alone would keep the code shut, typed together."""
    beta = case.part("objective").get("beta", 0.0)
    lowered = case.option("objective.beta", 1) if beta > 1 else ()
    fixed = case.part("likelihood").get("variance") == "fixed"
    theory = case.survival
    enough = bool(lowered) and theory.noise is not None and theory.noise / beta < (theory.largest or 0.0)
    learned = case.option("likelihood.variance", "optimal") if fixed and not enough else ()
    return (" ".join(lowered + learned),) if lowered + learned else ()
