"""A codebook that is hardly used."""

import math

from ..core.errors import Undefined
from .base import Case, Finding, rule

USED = 0.1  # perplexity over the number of entries that a batch can choose
YOUNG = 500  # steps: by default an entry that nobody chooses moves after 300


@rule(title="a codebook that is hardly used", most="warning")
def unused_codebook(case: Case) -> Finding:
    r"""The perplexity of a batch's choices is below a tenth of the entries that it can choose, after 500 steps.

        perplexity / min(entries, batch size x positions of a code)

    A warning: the model works, and says less than it could.

    Reference:
        Van den Oord, Vinyals and Kavukcuoglu (2017), Neural discrete representation learning.
        https://arxiv.org/abs/1711.00937;
        Dhariwal et al. (2020), Jukebox: a generative model for music. https://arxiv.org/abs/2005.00341
    """
    entries = case.part("posterior").get("codes")
    seen = [row["train"]["perplexity"] for row in case.events("row") if "perplexity" in row["train"]]
    if not entries or not seen:
        raise Undefined("there is no codebook")
    if case.steps < YOUNG:
        raise Undefined(f"the codebook is younger than {YOUNG} steps")
    within_reach = min(entries, case.setting("batch_size") * math.prod(case.part("posterior")["latent"][:-1]))
    share = seen[-1] / within_reach
    measured = (
        f"the choices of a batch are worth {seen[-1]:.3g} of {within_reach} entries within its reach (warning below "
        f"{USED:.0%} of them)"
    )
    if share >= USED:
        return Finding("", "fine", measured, share, USED)
    words = "Nearly all examples are described by a few entries of the codebook: the code says less than it could."
    effect = "entries that nobody chooses move to where examples are"
    return Finding("", "warning", measured, share, USED, words, remedies(case), effect)


def remedies(case: Case) -> tuple[str, ...]:
    """Moving unused entries; a smaller book."""
    posterior = case.part("posterior")
    moved = case.option("posterior.restart", 0.05) if not posterior.get("restart") else ()
    return (*moved, *case.option("posterior.codes", max(2, posterior["codes"] // 4)))
