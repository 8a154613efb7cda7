"""The diagnosis as the report shows it: what is wrong and what to type, then what was looked for."""

import shlex
from dataclasses import dataclass

from ..diagnosis import RULES, Diagnosis, Finding

UNVERIFIED = "unverified: not calibrated on planted faults"
NOTHING = (
    "Nothing wrong was found. That is no proof that all is well: it says that the faults below were looked for and not "
    "seen."
)


@dataclass(frozen=True)
class Trouble:
    """A fault or a warning: its title, the finding, and the commands that may mend it."""

    title: str
    found: Finding
    commands: tuple[str, ...]
    remark: str


@dataclass(frozen=True)
class Shown:
    """A diagnosis, ready to be written: troubles first; titles and numbers of what is fine; why rules do not apply."""

    troubles: tuple[Trouble, ...]
    fine: tuple[tuple[str, str], ...]
    skipped: tuple[tuple[str, str], ...]
    nothing: str


def shown(diagnosis: Diagnosis, folder: str) -> Shown:
    """A diagnosis of the run in `folder` in the words of the report."""
    fine = tuple((titled(f), f.measured) for f in diagnosis.findings if f.level == "fine")
    skipped = tuple((RULES[name].title, why) for name, why in diagnosis.skipped.items())
    troubles = tuple(trouble(f, folder) for f in diagnosis.troubles)
    return Shown(troubles, fine, skipped, "" if troubles else NOTHING)


def trouble(found: Finding, folder: str) -> Trouble:
    """One finding with its commands."""
    like = f"jamjae fit --like {shlex.quote(folder or 'RUN')}"
    remark = "" if found.verified else UNVERIFIED
    return Trouble(RULES[found.rule].title, found, tuple(f"{like} {change}" for change in found.change), remark)


def titled(found: Finding) -> str:
    """What was looked for."""
    return RULES[found.rule].title + ("" if found.verified else f" ({UNVERIFIED})")
