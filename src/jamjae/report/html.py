"""One self-contained HTML file about one run or several side by side: no script, no request, nothing from elsewhere."""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ..core.errors import UsageError
from ..core.files import write_bytes
from ..plots.style import CLASSES, INK, MAIN, OTHER, PAPER
from . import diagnosis, words
from .command import command
from .curves import Curve, curves
from .facts import Facts
from .figures import draw
from .game import at_rest
from .limits import limits
from .numbers import lines, without
from .picture import Picture
from .plain import first
from .sections import SECTIONS, about, comparable
from .translation import check, translated


@dataclass(frozen=True)
class Shown:
    """A run with its drawings."""

    facts: Facts
    about: str
    pictures: dict[str, Picture]
    curves: list[Curve]
    command: str
    at_rest: str
    first: list[str]
    diagnosis: diagnosis.Shown | None


def write(facts: Facts | Sequence[Facts], path: str | Path, language: str = "en") -> Path:
    """Write the report of one run, or of several side by side, and return its path. An older file is replaced whole.

    Raises:
        UsageError: If there is no run, or the language is unknown.
    """
    path = Path(path)
    write_bytes(path, page([facts] if isinstance(facts, Facts) else list(facts), language).encode())
    return path


def page(runs: list[Facts], language: str = "en") -> str:
    """The report as text, in English ("en") or Korean ("ko")."""
    check(language)
    if not runs:
        raise UsageError("`facts` must hold at least one run; got none. Pass gather(...) of a run.")
    return rendered("page.html.jinja", language, **pictured(runs), metrics=lines(runs), without=without(runs))


def pictured(runs: list[Facts]) -> dict[str, Any]:
    """What the page's template shows of runs, their numbers left out."""
    shown = [show(facts, f"r{n}") for n, facts in enumerate(runs)]
    return {
        "runs": shown,
        "sections": [s for s in SECTIONS if any(s.key in run.pictures for run in shown)],
        "warnings": comparable(runs),
        "limits": limits(runs),
        "datasets": list({facts.data.get("fingerprint", n): facts.data for n, facts in enumerate(runs)}.values()),
        "title": " and ".join(run.facts.title for run in shown),
    }


def rendered(template: str, language: str = "en", **content: Any) -> str:
    """A page from its template, in a language."""
    style = Markup(stylesheet())
    told = {"words": words, "style": style, "policy": policy(style), "language": language}
    page: str = environment().get_template(template).render(**told, **content)
    return translated(page, language)


def show(facts: Facts, prefix: str) -> Shown:
    """Draw everything about a run."""
    recommended = facts.data.get("recommended", "none")
    pictures, drawn = draw(facts, prefix), curves(facts, prefix)
    again, found = command(facts.spec, recommended), facts.diagnosis
    said = None if found is None else diagnosis.shown(found, facts.folder)
    return Shown(facts, about(facts), pictures, drawn, again, at_rest(facts.rows), first(facts), said)


def policy(style: str) -> str:
    """The page's own content security policy: this one style sheet, embedded pictures and recordings, nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    inside = f"img-src data:; media-src data:; style-src 'sha256-{digest}'"
    return f"default-src 'none'; {inside}; base-uri 'none'; form-action 'none'"


@cache
def stylesheet() -> str:
    """The style sheet, with the colours of the figures by name."""
    text = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
    names = {"INK": INK, "PAPER": PAPER, "MAIN": MAIN, "OTHER": OTHER}
    names |= {f"CLASS{n}": c for n, c in enumerate(CLASSES)}
    return re.sub(r"@@(\w+)", lambda m: names[m[1]], text)


@cache
def environment() -> Environment:
    """Templates from this package, everything escaped, a missing name is an error."""
    made = Environment(
        loader=PackageLoader("jamjae", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"lang": lang, "name": name, "called": called}
    return made


def name(text: Any) -> Markup:
    """A name that is the same in every language: of a part, or given by the user."""
    marked = lang(text)
    return marked if marked.startswith("<span") else Markup('<span translate="no">{}</span>').format(marked)


def called(title: str) -> Markup:
    """What a run is called: "vae on digits" is a phrase of the page's language, anything else a name."""
    return lang(title) if re.fullmatch(r"\S+ on \S+", title) else name(title)


def lang(text: Any) -> Markup:
    """A text that may be a user's, marked as Korean where it has Hangul, so that the browser picks font and voice."""
    korean = any("\uac00" <= c <= "\ud7a3" or "\u1100" <= c <= "\u11ff" or "\u3130" <= c <= "\u318f" for c in str(text))
    return Markup('<span lang="ko">{}</span>' if korean else "{}").format(text)
