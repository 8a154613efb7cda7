"""What a report does not show: short sentences, each for the runs that it concerns."""

from collections.abc import Callable

from .facts import Facts

Concerns = Callable[[Facts], bool]


def always(facts: Facts) -> bool:
    """For every run."""
    return True


def valued(*names: str) -> Concerns:
    """For runs with a value of one of these metrics."""
    return lambda facts: any(m.name in names and m.value is not None for m in facts.measurements)


def holds(name: str) -> Concerns:
    """For runs with this array."""
    return lambda facts: name in facts.arrays


def without_likelihood(facts: Facts) -> bool:
    """For runs whose likelihood was asked for and has no meaning."""
    return any(m.name == "elbo" and m.value is None for m in facts.measurements)


def played(facts: Facts) -> bool:
    """For runs in which a critic played."""
    return any(row.get("equilibrium") for row in facts.rows)


def without_factors(facts: Facts) -> bool:
    """For runs with an encoder whose data have no known factors."""
    return facts.encodes and not valued("mig", "dci", "sap", "modularity", "factor_score")(facts)


LIMITS: tuple[tuple[Concerns, str], ...] = (
    (
        always,
        "The intervals are over test examples, for one training run. Another seed gives another model; a difference "
        "between models needs several seeds and paired intervals that stay clear of zero.",
    ),
    (
        without_likelihood,
        "This kind of model has no likelihood: nothing here says how probable an example is under it, and no number "
        "of another model in nats may stand beside it.",
    ),
    (
        valued("elbo", "iwae", "ais"),
        "A bound is not the likelihood: log p(x) is at least this high, and how much higher is not known.",
    ),
    (
        valued("elbo", "iwae", "ais"),
        "A bound on the likelihood and the look of the samples are separate questions: each can be good while the "
        "other is bad.",
    ),
    (
        valued("elbo", "iwae", "ais", "distortion", "rate"),
        "Numbers in nats can be compared only between models that see the same data, in the same scale, under the same "
        "likelihood.",
    ),
    (
        valued("elbo", "iwae", "ais"),
        "The likelihood of a strange input may be high: it is no detector of unfamiliar data.",
    ),
    (
        holds("traversals"),
        "An axis of the code has no name. If a traversal looks like “slant” or “thickness”, that is a reading of the "
        "picture, not a measured fact about causes.",
    ),
    (
        without_factors,
        "The true causes behind these data are not known to this report: it cannot say whether axes separate them.",
    ),
    (holds("codes"), "Groups on the latent map are a picture of one projection, not proof of clusters."),
    (
        lambda facts: any(row.get("event", "row") == "row" for row in facts.rows),
        "Flat loss curves do not prove that training is finished; they only stopped moving.",
    ),
    (
        played,
        "A loss near its equilibrium does not prove it either, and no number here shows that no mode of the data is "
        "missing.",
    ),
    (
        valued("kid", "frechet"),
        "Distances of features depend on the features and on the number of examples: they are not the FID of the "
        "papers.",
    ),
    (
        valued("memorisation"),
        "Pairs of near neighbours that look different do not prove that nothing was copied: only copying above the "
        "detectable share would have been found.",
    ),
    (
        lambda facts: not valued("memorisation")(facts),
        "Nothing here tests whether the model has stored training examples.",
    ),
    (always, "Do not read the report as a statement about privacy."),
)


def limits(runs: list[Facts]) -> list[str]:
    """The sentences that concern any of the runs, in their order.

    Example:
        >>> any("no likelihood" in text for text in limits([Facts("a run", "vae")]))
        False
    """
    return [text for concerns, text in LIMITS if any(concerns(facts) for facts in runs)]
