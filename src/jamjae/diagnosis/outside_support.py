"""Data that the likelihood cannot describe."""

from .base import Case, Finding, rule


@rule(title="data outside the likelihood's support", needs=("support",), verified=True)
def outside_support(case: Case) -> Finding:
    """Test examples hold values that the likelihood cannot generate: grey where it knows 0 and 1, negative where it
    counts, beyond 1 where it ends there. Any share above 0 is a fault: their likelihood is no likelihood.

    Reference:
        Loaiza-Ganem and Cunningham (2019), The continuous Bernoulli: fixing a pervasive error in variational
        autoencoders. https://arxiv.org/abs/1907.06845
    """
    found = case.measurement("support")
    low, high = (found.details.get(k, 0.0) for k in ("low", "high"))
    name = case.part("likelihood").get("name", "")
    measured = f"{found.value:.1%} of {found.n:,} test examples have values that {name} cannot generate (none may)"
    if not found.value:
        return Finding("", "fine", measured, found.value, 0.0)
    words = (
        f"The likelihood {name} cannot describe this data: values lie in [{low:.3g}, {high:.3g}]. It may train, but "
        "nothing that is printed as a likelihood is one. If training examples look different, scale all alike."
    )
    effect = "every value can be generated, and the bounds mean something"
    return Finding("", "fault", measured, found.value, 0.0, words, remedies(name, low, high), effect)


def remedies(name: str, low: float, high: float) -> tuple[str, ...]:
    """A likelihood for these values, or bits in their place."""
    if not 0 <= low <= high <= 1:
        return ("--likelihood gaussian",)
    shades = ("--likelihood continuous-bernoulli", "--likelihood gaussian")
    return ("--binarise stochastic", *shades) if name == "bernoulli" else shades
