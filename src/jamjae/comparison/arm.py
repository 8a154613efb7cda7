"""An arm: one recipe under one plan, measured on the runs of its seeds."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

from ..core.catalogue import members
from ..evaluation.base import Measurement
from ..posteriors.base import Posterior
from .difference import Difference, over_examples, over_seeds
from .meaning import Ground

Spec = dict[str, Any]


@dataclass(frozen=True)
class Arm:
    """One way to fit, and what was measured on it.

    Arguments:
        title: What the reader calls it.
        spec: The spec of its first run; the others differ in the seed only.
        runs: Seed -> name of the run folder.
        measured: Seed -> metric -> measurement.
        learning: How the prior came to know the codes of an autoencoder; otherwise of no use.
    """

    title: str
    spec: Spec
    runs: Mapping[int, str]
    measured: Mapping[int, Mapping[str, Measurement]]
    learning: str = ""

    @property
    def ground(self) -> Ground:
        """What its numbers stand on."""
        return Ground.of(self.spec)

    @property
    def first(self) -> Mapping[str, Measurement]:
        """What was measured on the first seed's run."""
        return self.measured[min(self.measured)]

    def values(self, metric: str) -> dict[int, float]:
        """Seed -> value, where it is defined."""
        found = {seed: m[metric].value for seed, m in self.measured.items() if metric in m}
        return {seed: value for seed, value in found.items() if value is not None}

    def undefined(self, metric: str) -> str:
        """Why some seed has no value; empty if all have one."""
        reasons = (m[metric].reason for m in self.measured.values() if metric in m and m[metric].reason)
        return "; ".join(dict.fromkeys(reasons))

    def flag(self, metric: str) -> str:
        """The first seed's warning that there is, and how many seeds have one."""
        found = [m[metric].flag for m in self.measured.values() if metric in m and m[metric].flag]
        many = f" ({len(found)} of {len(self.measured)} seeds)" if len(self.measured) > 1 else ""
        return found[0] + many if found else ""

    def instruments(self, metric: str) -> set[tuple[Any, int]]:
        """With which extractor of features, and on how many examples, each seed's value was measured."""
        found = [m[metric] for m in self.measured.values() if metric in m and m[metric].value is not None]
        return {(m.details["extractor"], m.n) for m in found if "extractor" in m.details}

    @property
    def objective(self) -> Spec:
        """What its training minimised."""
        return dict(self.spec["objective"])

    @property
    def generates_only(self) -> bool:
        """Whether it has no encoder."""
        return self.spec["model"]["encoder"] is None

    @property
    def chance(self) -> bool:
        """Whether the code of an example is a distribution."""
        posterior = self.spec["model"]["posterior"]
        return posterior is not None and not members(Posterior)[posterior["name"]].certain

    @property
    def is_autoencoder(self) -> bool:
        """Whether it only restores: a point for a code, and nothing in the loss but the reconstruction."""
        plain = not any(self.objective.get(name) for name in ("corruption", "regulariser"))
        point = self.spec["model"]["posterior"] is not None and not self.chance
        return self.objective["name"] == "reconstruction" and plain and point

    @property
    def is_variational(self) -> bool:
        """Whether the code of an example is a distribution, and the loss holds it against a prior."""
        return self.chance and self.objective["name"] != "reconstruction" and self.objective.get("beta", 1.0) != 0


@dataclass(frozen=True)
class Cell:
    """A metric of an arm.

    Arguments:
        value: Mean over seeds; None where no seed has a value, and `reason` says why.
        spread: Standard deviation over seeds; None with fewer than two.
        interval: That of the first seed's run alone, over its test examples or samples.
        seeds: How many have a value.
        reason: Why some seed has none.
        flag: The first warning of a seed.
    """

    value: float | None
    spread: float | None
    interval: tuple[float, float] | None
    seeds: int
    reason: str
    flag: str


def cell(arm: Arm, metric: str) -> Cell:
    """A metric of an arm, over its seeds."""
    found = list(arm.values(metric).values())
    return Cell(
        value=fmean(found) if found else None,
        spread=stdev(found) if len(found) > 1 else None,
        interval=arm.first[metric].interval if metric in arm.first else None,
        seeds=len(found),
        reason=arm.undefined(metric),
        flag=arm.flag(metric),
    )


def difference(one: Arm, other: Arm, metric: str) -> Difference:
    """One minus other: by seed where two or more are on both sides, otherwise example by example of one run each."""
    shared = sorted(one.measured.keys() & other.measured.keys())
    if len(shared) != 1:
        return over_seeds(one.values(metric), other.values(metric))
    [seed] = shared
    a, b = one.measured[seed][metric], other.measured[seed][metric]
    if a.value is None or b.value is None:
        return Difference(reason="no seed has a value on both sides")
    if a.each is None or b.each is None:
        reason = "one run each, and no mean over test examples: only more seeds give an interval"
        return Difference(a.value - b.value, None, 1, reason=reason)
    return over_examples(a.each, b.each)
