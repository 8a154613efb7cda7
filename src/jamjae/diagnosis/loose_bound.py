"""A bound that more draws would still raise."""

from ..core.errors import Undefined
from ..evaluation.iwae import MOVED
from .base import Case, Finding, rule


@rule(title="a bound that more draws would still raise", helps=("iwae",), most="warning")
def loose_bound(case: Case) -> Finding:
    r"""Doubling the draws moves the importance-weighted bound by more than 0.1 nats: it says less than it could.

    A warning about a number and not about the model: the bound is valid, and log p(x) lies above it.

    Reference:
        Burda, Grosse and Salakhutdinov (2016), Importance weighted autoencoders. https://arxiv.org/abs/1509.00519;
        Cremer, Li and Duvenaud (2018), Inference suboptimality in variational autoencoders.
        https://arxiv.org/abs/1801.03558
    """
    found = case.measurement("iwae")
    moved, draws = found.details.get("moved"), found.details.get("samples", 1)
    if moved is None:
        raise Undefined("one draw says as much as many: the code has no chance")
    measured = f"doubling the draws to {draws:,} raised the bound by {moved:.2f} nats (warning above {MOVED:g})"
    if moved <= MOVED:
        return Finding("", "fine", measured, moved, MOVED)
    words = f"The bound on log p(x) still rises with its draws: measure it with --samples {10 * draws} of evaluate."
    effect = "the bound and the ELBO come closer to log p(x)"
    return Finding("", "warning", measured, moved, MOVED, words, remedies(case), effect)


def remedies(case: Case) -> tuple[str, ...]:
    """The bound's own weight of the rate, where it is smaller; a posterior that can take another shape."""
    full = case.option("objective.beta", 1) if case.part("objective").get("beta", 1.0) < 1 else ()
    return (*full, *(("--posterior flow",) if case.part("posterior").get("name") == "gaussian" else ()))
