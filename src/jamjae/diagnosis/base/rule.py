"""The catalogue of rules."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from ...core.errors import Undefined
from ...core.reference import references
from .case import Case
from .finding import LEVELS, Finding, Level

Judge = Callable[[Case], Finding]


@dataclass(frozen=True)
class Rule:
    """A registered rule: called with a `Case`, it returns a `Finding`, or raises `Undefined` where it does not apply.

    Arguments:
        name: Its function's name.
        title: What it looks for, in plain words.
        judge: The function.
        needs: Metrics it looks at, all of which take a moment.
        helps: Metrics it looks at where somebody had the time.
        game: Whether it is about a game with a critic, and is asked of nothing else.
        most: The most that it says: "fault", or "warning".
        verified: Whether planted faults have shown that it finds nine in ten, and that nine in ten alarms are true.
    """

    name: str
    title: str
    judge: Judge
    needs: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()
    game: bool = False
    most: Level = "fault"
    verified: bool = False

    def __call__(self, case: Case) -> Finding:
        if self.game and case.contest is None:
            raise Undefined("no critic takes part in training")
        source = "; ".join(references(self.judge))
        return replace(self.judge(case), rule=self.name, source=source, verified=self.verified)


RULES: dict[str, Rule] = {}


def rule(
    title: str,
    needs: tuple[str, ...] = (),
    helps: tuple[str, ...] = (),
    game: bool = False,
    most: Level = "fault",
    verified: bool = False,
) -> Callable[[Judge], Judge]:
    """Register a function as a rule under its own name, after those that exist; see `Rule`."""

    def keep(f: Judge) -> Judge:
        RULES[f.__name__] = Rule(f.__name__, title, f, needs, helps, game, most, verified)
        return f

    return keep


@dataclass(frozen=True)
class Diagnosis:
    """What all rules say about a run.

    Arguments:
        findings: Faults first, then warnings, then what is fine; each in the order of the catalogue.
        skipped: Why a rule does not apply, by its name.
    """

    findings: list[Finding] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def troubles(self) -> list[Finding]:
        """Faults and warnings."""
        return [f for f in self.findings if f.level != "fine"]

    def to_json(self) -> dict[str, object]:
        """Plain JSON."""
        return {"findings": [f.to_json() for f in self.findings], "skipped": self.skipped}


def diagnose(case: Case, rules: Iterable[Rule] | None = None) -> Diagnosis:
    """Ask every rule.

    Example:
        >>> "leak" in diagnose(Case({})).skipped
        True
    """
    found, skipped = [], {}
    for one in RULES.values() if rules is None else rules:
        try:
            found.append(one(case))
        except Undefined as why:
            skipped[one.name] = str(why)
    return Diagnosis(sorted(found, key=lambda f: LEVELS.index(f.level)), skipped)
