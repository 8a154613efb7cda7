"""Sample sizes that fit into a time."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from .measurement import Measurement
from .metric import evaluate, wanted
from .subject import DRAWN, Subject

PILOT, FIRST = 200, 20  # test examples, and draws an example, of a first measurement that tells what the rest costs
EXAMPLES = (500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000)
DRAWS = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000)
ENOUGH = 100  # draws an example, before which more examples are not taken
BY_DRAW = ("iwae",)  # the metrics whose cost grows with the draws, too
MARGIN = 0.8  # of the time: an estimate is no promise


@dataclass(frozen=True)
class Size:
    """How many test examples, and how many draws for each."""

    examples: int
    draws: int


def within(subject: Subject, seconds: float, names: Iterable[str] | None = None) -> dict[str, Measurement]:
    """Measurements that take about so many seconds: with as many test examples as fit, then with as many draws.

    A first measurement on 200 examples tells what each metric costs. That of `iwae` is taken to grow with examples and
    draws, at most `subject.samples`, the others' with the examples up to 2,500, which is what samples are compared
    with; what a pass over more costs is small beside that. Where nothing more fits, the first measurement is the
    result. `details` of every measurement hold the "budget".

    Raises:
        UsageError: For a metric that does not exist.
    """
    begun = time.monotonic()
    everything = Size(len(subject.x), subject.samples)
    size = Size(min(PILOT, everything.examples), min(FIRST, everything.draws))
    found, costs = {}, {}
    pilot = sized(subject, size)
    for name in wanted(names):
        start = time.monotonic()
        found |= evaluate(pilot, [name])
        costs[name] = time.monotonic() - start
    left = MARGIN * (seconds - (time.monotonic() - begun))
    chosen = largest(costs, size, everything, left)
    if chosen != size:
        found = evaluate(sized(subject, chosen), found)
    spent = {"seconds": seconds, "took": round(time.monotonic() - begun, 1)}
    about = {**spent, "examples": chosen.examples, "of": everything.examples, "draws": chosen.draws}
    return {name: replace(m, details={**m.details, "budget": about}) for name, m in found.items()}


def sized(subject: Subject, size: Size) -> Subject:
    """The subject with so many examples and draws; nothing that was measured goes along."""
    return replace(subject, limit=size.examples, samples=size.draws)


def largest(costs: dict[str, float], pilot: Size, everything: Size, seconds: float) -> Size:
    """The largest size whose expected cost is at most `seconds`; the pilot's where none is.

    Example:
        >>> largest({"iwae": 1.0}, Size(200, 20), Size(10_000, 1000), 60.0)
        Size(examples=1000, draws=200)
    """
    examples = [n for n in EXAMPLES if pilot.examples < n < everything.examples] + [everything.examples]
    draws = [k for k in DRAWS if pilot.draws < k < everything.draws] + [everything.draws]
    fits = [Size(n, k) for n in examples for k in draws if expected(costs, pilot, Size(n, k)) <= seconds]
    return max(fits, key=lambda size: (min(size.draws, ENOUGH), size.examples, size.draws), default=pilot)


def expected(costs: dict[str, float], pilot: Size, size: Size) -> float:
    """Seconds that the metrics take at another size."""
    more, draws = size.examples / pilot.examples, size.draws / pilot.draws
    compared = min(size.examples, DRAWN) / pilot.examples
    return sum(cost * (more * draws if name in BY_DRAW else compared) for name, cost in costs.items())
