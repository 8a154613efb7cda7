"""Over-regularisation: the loss weighs the code so much that it says too little."""

import math

from ..core.errors import Undefined
from .base import Case, Finding, rule
from .collapse import SILENT, scaled

WORSE = 0.1  # error beyond that of principal components, as a share of it
SMALL = 1.0  # nats per axis


@rule(title="a code that is paid for too dearly", helps=("rate", "reconstruction"), most="warning", verified=True)
def over_regularised(case: Case) -> Finding:
    r"""Reconstructions are worse than those of as many principal components, by a tenth of their error, interval and
    all, while the code says less than a nat per axis; and the loss can be blamed: beta > 1, or a fixed sigma.

    A warning: a large beta may be wanted for its own sake. A code that says nothing at all is a collapse.

    Reference:
        Higgins et al. (2017), beta-VAE. https://openreview.net/forum?id=Sy2fzU9gl;
        Alemi et al. (2018), Fixing a broken ELBO. https://arxiv.org/abs/1711.00464
    """
    if not scaled(case):
        raise Undefined("the loss weighs the code no more than the bound does")
    found, rate = case.measurement("reconstruction"), case.measurement("rate").value or 0.0
    if not found.baseline:
        raise Undefined("principal components lose nothing")
    axes = math.prod(case.spec["latent"])
    per_axis = rate / axes
    excess = found.details["difference_interval"][0] / found.baseline
    measured = (
        f"the error of reconstructions is at least {1 + excess:.2f} times that of {axes} principal components (warning "
        f"above {1 + WORSE:g}); the code says {per_axis:.2g} nats per axis (little below {SMALL:g})"
    )
    if excess <= WORSE or per_axis >= SMALL or rate < SILENT:
        return Finding("", "fine", measured, excess, WORSE)
    words = "The loss weighs the code so much that it says less about an example than principal components do."
    effect = "the rate rises, and reconstructions come closer to the data"
    return Finding("", "warning", measured, excess, WORSE, words, remedies(case), effect)


def remedies(case: Case) -> tuple[str, ...]:
    """A beta of 1, or a learned sigma."""
    return scaled(case)
