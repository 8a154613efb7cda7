"""The catalogue of metrics."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import torch

from ...core.errors import Undefined, unknown
from ...core.mode import evaluating
from ...core.seeds import isolated
from .measurement import Measurement
from .subject import Subject


@dataclass(frozen=True)
class Metric:
    """A registered metric: called with a `Subject`, it returns a `Measurement` and leaves everything else as it was.

    Of a conditional model every number is conditional, log p(x | y) in place of log p(x): `details` say what was
    "given". `better` is "higher" or "lower"; empty where more is neither good nor bad. With `full` it is measured only
    when all metrics are wanted.
    """

    name: str
    title: str
    unit: str
    compute: Callable[[Subject], Measurement]
    full: bool = False
    better: str = ""

    def __call__(self, subject: Subject) -> Measurement:
        with isolated(subject.seed, "evaluate", self.name), torch.no_grad(), evaluating(subject.model):
            try:
                found = self.compute(subject)
            except Undefined as why:
                found = Measurement(n=len(subject.x), reason=str(why))
        if found.value is not None and not math.isfinite(found.value):
            found = Measurement(n=found.n, reason=f"the result is not finite ({found.value})")
        given = {} if subject.model.condition is None else {"given": subject.told}
        return replace(
            found, name=self.name, title=self.title, unit=found.unit or self.unit, details={**found.details, **given}
        )


METRICS: dict[str, Metric] = {}


def metric(
    title: str, unit: str, full: bool = False, better: str = ""
) -> Callable[[Callable[[Subject], Measurement]], Callable[[Subject], Measurement]]:
    """Register a function as a metric under its own name, after those that exist; see `Metric`."""

    def keep(f: Callable[[Subject], Measurement]) -> Callable[[Subject], Measurement]:
        METRICS[f.__name__] = Metric(f.__name__, title, unit, f, full, better)
        return f

    return keep


def usual() -> list[str]:
    """Names of the metrics that are measured unless others are asked for."""
    return [name for name, m in METRICS.items() if not m.full]


def wanted(names: Iterable[str] | None = None) -> list[str]:
    """Names of metrics in the order of the catalogue; None for the usual ones.

    Raises:
        UsageError: For a metric that does not exist.
    """
    asked = set(usual() if names is None else names)
    for name in asked - set(METRICS):
        raise unknown("metric", name, METRICS)
    return [name for name in METRICS if name in asked]


def evaluate(subject: Subject, names: Iterable[str] | None = None) -> dict[str, Measurement]:
    """Measurements by name, in the order of the catalogue; None for the usual metrics.

    Raises:
        UsageError: For a metric that does not exist.
    """
    found: dict[str, Measurement] = {}
    for name in (chosen := wanted(names)):
        subject.tell(name, len(found), len(chosen))
        found[name] = METRICS[name](subject)
    return found
