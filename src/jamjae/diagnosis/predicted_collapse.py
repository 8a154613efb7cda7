"""The loss scale: theory says before the first step that no latent axis can survive."""

from ..core.errors import Undefined
from .base import Case, Finding, rule
from .collapse import SILENT


@rule(title="a loss scale that switches the latent space off", needs=("rate",), verified=True)
def predicted_collapse(case: Case) -> Finding:
    r"""No eigenvalue of the data's covariance exceeds beta sigma^2 (a Gaussian likelihood of fixed sigma), or none of
    the correlations exceeds beta (a Bernoulli likelihood). A mean over D cells in place of a sum is beta = D.

    It is a warning only where the rate says that the code is in use all the same.

    Reference:
        Lucas et al. (2019), Don't blame the ELBO! A linear VAE perspective on posterior collapse.
        https://arxiv.org/abs/1911.02469;
        Rybkin, Daniilidis and Levine (2021), Simple and effective VAE training with calibrated decoders.
        https://arxiv.org/abs/2006.13202
    """
    theory, rate = case.survival, case.number("rate")
    if theory.noise is None or theory.largest is None:
        raise Undefined(theory.why)
    measured = (
        f"the weight of the code's cost is {theory.noise:.4g}, the data's largest eigenvalue {theory.largest:.4g}"
    )
    if theory.axes != 0:
        return Finding("", "fine", measured, theory.noise, theory.largest)
    alive = rate is not None and rate >= SILENT
    words = "This loss scale switches the latent space off: describing an example by its code costs more than it saves."
    words += f" So far the code still says {rate:.3g} nats." if alive else ""
    effect = f"the cost falls below {theory.largest:.3g}, and axes come alive"
    level = "warning" if alive else "fault"
    return Finding("", level, measured, theory.noise, theory.largest, words, remedies(case), effect)


def remedies(case: Case) -> tuple[str, ...]:
    """A learned sigma; a beta at which the largest eigenvalue is ten times the noise."""
    noise, largest = case.survival.noise or 1.0, case.survival.largest or 1.0
    beta = case.part("objective").get("beta", 1.0)
    fixed = case.part("likelihood").get("variance") == "fixed"
    lower = min(1.0, float(f"{beta * largest / noise / 10:.1g}")) if fixed else 1.0
    learned = case.option("likelihood.variance", "optimal") if fixed else ()
    lowered = case.option("objective.beta", f"{lower:g}") if lower < beta else ()
    return (lowered + learned) if beta > 1 else (learned + lowered)
