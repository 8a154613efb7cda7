"""A diagnosis as text: faults first, each with what to type; then what was looked for."""

from textwrap import fill

from ..diagnosis import RULES, Diagnosis, Finding
from ..examination import affordable
from ..run import Run
from ..training.display import Display
from .again import command

WIDTH, INDENT = 100, 10


def told(diagnosis: Diagnosis, run: Run) -> str:
    """Everything, in paragraphs."""
    blocks = [block(f, run) for f in diagnosis.troubles]
    if not blocks:
        blocks = [
            "Nothing wrong was found. That is no proof that all is well: it says that these faults were not seen."
        ]
    fine = [f for f in diagnosis.findings if f.level == "fine"]
    looked = [line("", f"{RULES[f.rule].title}: {f.measured}{unverified(f)}") for f in fine]
    if looked:
        blocks.append("\n".join(["looked for, and not there:", *looked]))
    skipped = [line("", f"{RULES[name].title}: {why}") for name, why in diagnosis.skipped.items()]
    if skipped:
        blocks.append("\n".join(["does not apply:", *skipped]))
    return "\n\n".join(blocks)


def block(found: Finding, run: Run) -> str:
    """One fault or warning."""
    lines = [line(found.level, f"{RULES[found.rule].title}{unverified(found)}"), line("", found.words)]
    lines.append(line("measured", found.measured))
    names = ("type", *["or"] * len(found.change))
    for name, change in zip(names, found.change, strict=False):
        lines.append(f"{name:<{INDENT}}{command('fit --like', run)} {change}")  # to be copied: never broken
    lines += [line("expect", found.effect)] if found.effect else []
    lines += [line("source", found.source)] if found.source else []
    return "\n".join(lines)


def unverified(found: Finding) -> str:
    """A remark where the rule was not calibrated."""
    return "" if found.verified else " (unverified: not calibrated on planted faults)"


def line(name: str, text: str) -> str:
    """A name in the margin, and a text that is broken between words."""
    return fill(f"{name:<{INDENT}}{text}", WIDTH, subsequent_indent=" " * INDENT, break_on_hyphens=False)


def after_fit(run: Run, display: Display) -> None:
    """The cheap part of the diagnosis in one or two lines, if it takes a moment only."""
    outcome, settings = run.outcome, run.settings
    assert outcome is not None
    limit = affordable(outcome.seconds, outcome.step * settings.batch_size)
    if settings.device != "cpu" or limit == 0 or not len(run.dataset.rows("test")):
        return
    found = run.examine(limit, quick=True).troubles
    if not found:
        display.note(f"health no fault seen at a glance; a closer look: {command('diagnose', run)}")
        return
    first = found[0]
    display.warn(f"{first.level}: {first.words or RULES[first.rule].title} ({first.measured})")
    more = f"{len(found) - 1} more, and " if len(found) > 1 else ""
    display.warn(f"{more}what to change: {command('diagnose', run)}")
