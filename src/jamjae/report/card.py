"""A model card in Markdown: what a model is, how to load it, its numbers, its diagnosis, what they do not show."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from ..diagnosis import Diagnosis, revived
from ..evaluation import usual
from ..evaluation.base.measurement import revived as measurement
from ..models.latent import LatentModel
from .diagnosis import NOTHING, Trouble, titled, trouble
from .facts import Facts, Row
from .gather import of_model
from .limits import limits
from .numbers import Cell, Line, lines, without
from .sections import about
from .words import LIKELIHOODS, POSTERIORS, PRIORS

HEAD = "| What | Metric | Value | 95 % interval | Beside it | n |\n| --- | --- | ---: | --- | --- | ---: |\n"


def card(
    model: LatentModel,
    spec: dict[str, Any],
    rows: Iterable[Row],
    measured: Mapping[str, Any],
    diagnosed: dict[str, Any],
) -> str:
    """The card of a run, from the files of its folder.

    Arguments:
        model: The model.
        spec: The run's spec.
        rows: The events of metrics.jsonl.
        measured: evaluation.json; the usual metrics are shown.
        diagnosed: diagnosis.json.
    """
    facts = Facts(
        spec["name"],
        str(spec["recipe"]),
        spec,
        tuple(rows),
        tuple(measurement(measured[name]) for name in usual() if name in measured),
        notes=tuple(of_model(model)),
        diagnosis=Diagnosis([revived(f) for f in diagnosed["findings"]], diagnosed["skipped"]),
    )
    parts = (header(facts), introduction(facts), loading(facts), numbers(facts), diagnosis(facts), unshown(facts))
    return "\n".join(parts)


def header(facts: Facts) -> str:
    """What a hub files the model under."""
    valued = [m.name for m in facts.measurements if m.value is not None]
    tags = ["jamjae", "latent-space", facts.recipe]
    about = {"library_name": "jamjae", "tags": tags, "datasets": [facts.spec["data"]["name"]], "metrics": valued}
    return f"---\n{yaml.safe_dump(about, sort_keys=False, allow_unicode=True)}---\n"


def introduction(facts: Facts) -> str:
    """The recipe in a sentence, and the parts."""
    named = {"posterior": POSTERIORS, "prior": PRIORS, "likelihood": LIKELIHOODS}
    told = [(part, str(facts.part(part)["name"]), words) for part, words in named.items() if facts.part(part)]
    items = "".join(f"- {part}: `{name}`{f', {words[name]}' if name in words else ''}\n" for part, name, words in told)
    shape = " x ".join(map(str, facts.spec["latent"]))
    data = f"Fitted to `{facts.spec['data']['name']}` with jamjae {facts.spec['jamjae']}; the code has {shape} numbers."
    notes = "".join(f"\n{note}\n" for note in facts.notes)
    return f"# {facts.title}\n\n`{facts.recipe}`: {about(facts)}\n\n{data}\n\n{items}{notes}"


def loading(facts: Facts) -> str:
    """How to use the folder."""
    lines = ["import jamjae as jj", "", 'run = jj.load("FOLDER")  # this folder', "x = run.sample(16)"]
    lines += ["z = run.encode(x)"] if facts.encodes and not facts.conditional else []
    return "## How to load it\n\n```python\n" + "\n".join(lines) + "\n```\n"


def numbers(facts: Facts) -> str:
    """The usual metrics with their intervals; below, what is to be said about some, and those without a value."""
    found = lines([facts])
    table = "".join(row(line, cell) for line in found for cell in line.cells)
    flags = "".join(f"- `{m.name}`: {m.flag}\n" for m in facts.measurements if m.flag)
    missing = "".join(f"- {', '.join(titles)}: {why}\n" for why, titles in without([facts]).items())
    text = f"## Numbers\n\nMeasured on the test split, over whose examples the intervals are.\n\n{HEAD}{table}"
    text += f"\nTo be read with care:\n\n{flags}" if flags else ""
    return text + (f"\nNot defined here:\n\n{missing}" if missing else "")


def row(line: Line, cell: Cell) -> str:
    """One line of the table."""
    beside = f"{cell.baseline} ({cell.found.baseline_name or 'baseline'})" if cell.baseline else ""
    value = f"{cell.value} {line.unit}".strip()
    cells = (line.title, f"`{line.name}`", value, cell.interval, beside, f"{cell.found.n:,}")
    return "| " + " | ".join(text.replace("|", "\\|") for text in cells) + " |\n"


def diagnosis(facts: Facts) -> str:
    """Faults and warnings with what may mend them; then what was looked for and not seen."""
    assert facts.diagnosis is not None
    said = "".join(wrong(trouble(f, facts.title)) for f in facts.diagnosis.troubles)
    fine = "".join(f"- {titled(f)}: {f.measured}\n" for f in facts.diagnosis.findings if f.level == "fine")
    return f"## Diagnosis\n\n{said or NOTHING + chr(10)}" + (f"\nLooked for, and not there:\n\n{fine}" if fine else "")


def wrong(found: Trouble) -> str:
    """A fault or a warning in a paragraph."""
    remark = f" ({found.remark})" if found.remark else ""
    commands = "".join(f"\n    {command}" for command in found.commands)
    said = f"**{found.found.level}: {found.title}**{remark}. {found.found.words} Measured: {found.found.measured}.\n"
    return said + (f"\nWhat to type instead:\n{commands}\n\n" if commands else "\n")


def unshown(facts: Facts) -> str:
    """What must not be read into the numbers."""
    items = "".join(f"- {text}\n" for text in limits([facts]))
    return f"## What these numbers do not show\n\n{items}"
