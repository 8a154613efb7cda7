"""Holes in the prior: codes that are drawn and that no example has."""

from .base import Case, Finding, rule

EMPTY = 0.2  # share of prior draws


@rule(title="a prior that draws codes where no example lies", helps=("holes",), most="warning", verified=True)
def holes(case: Case) -> Finding:
    r"""More than a fifth of what the prior draws, interval and all, lies where codes are ten times rarer than it says.

    What is sampled there was hardly trained. A warning: reconstructions and codes are not worse for it.

    Reference:
        Tomczak and Welling (2018), VAE with a VampPrior. https://arxiv.org/abs/1705.07120;
        Ghosh et al. (2020), From variational to deterministic autoencoders. https://arxiv.org/abs/1903.12436
    """
    found = case.measurement("holes")
    low, high = found.interval or (found.value, found.value)
    measured = f"{low:.0%} to {high:.0%} of the prior's draws lie where codes are rare (warning above {EMPTY:.0%})"
    if low is None or low <= EMPTY:
        return Finding("", "fine", measured, found.value, EMPTY)
    words = "Much of what the prior draws is no code of any example, so samples look worse than reconstructions."
    effect = "the prior draws codes that examples have, and samples come closer to reconstructions"
    return Finding("", "warning", measured, found.value, EMPTY, words, remedies(case), effect)


def remedies(case: Case) -> tuple[str, ...]:
    """A prior that goes where the codes are; a larger weight of the rate, where it is small."""
    prior = case.part("prior").get("name", "")
    others = tuple(f"--prior {name}" for name in ("vamp", "mixture") if name != prior and case.part("encoder"))
    small = case.part("objective").get("beta", 1.0) < 1
    return (*(case.option("objective.beta", 1) if small else ()), *others)
