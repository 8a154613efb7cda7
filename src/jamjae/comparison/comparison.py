"""Arms side by side: every metric of every arm, and the difference of each arm to the first."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..core.errors import UsageError
from ..data.builtin import NAMES
from ..evaluation.base import METRICS
from .arm import Arm
from .claims import Claim, claims
from .difference import EXAMPLES
from .row import Row, row
from .text import table
from .verdict import SEEDS

SPLITS = ("validation", "test")


@dataclass(frozen=True)
class Comparison:
    """What was found about several arms; `print` shows it as a table.

    Arguments:
        arms: The first is the one that the others are compared with.
        rows: One a metric.
        claims: What lecture notes say, held against the numbers.
        remarks: What the reader must know about all of it.
        measured: Under what the metrics were measured: `samples` and `limit`.
        report: Path of the page; None if none was asked for.
    """

    arms: tuple[Arm, ...]
    rows: tuple[Row, ...]
    claims: tuple[Claim, ...]
    remarks: tuple[str, ...]
    measured: dict[str, int | None]
    report: Any = None

    def to_json(self) -> dict[str, Any]:
        """Everything as plain JSON."""
        arms = [
            {
                "title": arm.title,
                "recipe": arm.spec["recipe"],
                "runs": {str(seed): name for seed, name in arm.runs.items()},
                "values": {row.name: {str(s): v for s, v in arm.values(row.name).items()} for row in self.rows},
            }
            for arm in self.arms
        ]
        found = {"arms": arms, "metrics": [asdict(row) for row in self.rows], "measured": self.measured}
        found |= {"claims": [asdict(claim) for claim in self.claims], "remarks": list(self.remarks)}
        return found | {"report": None if self.report is None else str(self.report)}

    def __str__(self) -> str:
        return table(self.arms, self.rows, self.claims, self.remarks)


def side_by_side(arms: Sequence[Arm], samples: int | None = None, limit: int | None = None) -> Comparison:
    """Compare arms that were measured under the same `samples` and `limit`.

    Raises:
        UsageError: For arms of other data, of another split, or without a seed in common with the first.
    """
    for arm in arms[1:]:
        same_examples(arms[0], arm)
    names = [name for name in METRICS if any(name in found for arm in arms for found in arm.measured.values())]
    rows = tuple(row(name, arms) for name in names)
    return Comparison(tuple(arms), rows, claims(arms), remarks(rows, arms), {"samples": samples, "limit": limit})


def same_examples(first: Arm, other: Arm) -> None:
    """Refuse arms whose test examples are not the same."""
    one, two = (next(iter(arm.runs.values())) for arm in (first, other))
    about, beside = first.spec["data"], other.spec["data"]
    if identity(first) != identity(other):
        raise UsageError(
            f"{one} and {two} were fitted to different data ({about['name']} and {beside['name']}): no number of one "
            "can be compared with the other's. Fit both to the same data."
        )
    for name in SPLITS:
        if about.get(name) != beside.get(name):
            raise UsageError(
                f"{one} and {two} have different splits: `{name}` was {about.get(name)} and {beside.get(name)} (None: "
                f"the usual one). Fit both with the same --{name}."
            )
    if not first.runs.keys() & other.runs.keys():
        raise UsageError(
            f"{one} and {two} have no seed in common ({listed(first)} and {listed(other)}): the seed chooses the test "
            "examples, and differences are taken seed by seed. Fit both with the same --seed."
        )


def identity(arm: Arm) -> str:
    """What tells data sets apart: the fingerprint, or the name of a built-in set, which the seed may generate."""
    about = arm.spec["data"]
    generated = about["source"] in NAMES and about.get("labels") is None
    return str(about["source"] if generated else about["fingerprint"])


def listed(arm: Arm) -> str:
    """The seeds of an arm, as text."""
    return f"seed{'s' * (len(arm.runs) > 1)} {', '.join(map(str, sorted(arm.runs)))}"


def remarks(rows: Sequence[Row], arms: Sequence[Arm]) -> tuple[str, ...]:
    """What the reader must know about all differences."""
    found = []
    fewest = min(len(arm.runs) for arm in arms)
    if fewest < SEEDS and len(arms) > 1:
        found.append(f"No winner is named: that takes at least {SEEDS} seeds on each side, and here are {fewest}.")
    if any(one.difference.over == EXAMPLES for row in rows for one in row.against):
        found.append(
            "Intervals of differences are over test examples, for these trained models: another training run may "
            "differ by more."
        )
    judged = sum(one.difference.interval is not None for row in rows for one in row.against)
    if judged >= 10:
        found.append(f"{judged} differences have a 95 % interval: about one in twenty excludes 0 by chance alone.")
    return tuple(found)
