"""What `compare` and `sweep` share: recipes or runs from words, where the page goes, progress beside the output."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..comparing import are_recipes, compare
from ..comparison import Comparison, Sweep
from ..core.errors import require
from ..sweeping import sweep
from ..training.display import Display
from . import measured, tune
from .progress import watcher


def compared(
    what: Sequence[str],
    seeds: int,
    options: dict[str, Any],
    report: Sequence[Path] | None,
    language: str,
    metrics: Sequence[str] | None,
    full: bool,
    samples: int,
    limit: int,
    quiet: bool,
) -> Comparison:
    """Compare what the words name."""
    tune.apply()
    require(bool(what), "name what to compare", "", "Type jamjae compare RUN RUN, or jamjae compare ae,vae digits.")
    source = options.pop("data", None)
    runs = options.pop("runs", Path("runs"))
    options = {k: v for k, v in options.items() if k not in ("recipe", "name")}  # a file may have them
    common = {
        "metrics": metrics,
        "full": full,
        "samples": samples,
        "limit": limit,
        "runs": runs,
        "report": page(report),
        "language": language,
    }
    if not are_recipes(what[0]):
        with measured.progress() as progress:  # a terminal shows one display at a time: beside fits there is none
            return compare(what, progress=progress, **common, **options)
    recipes, *rest = what
    require(
        len(rest) <= 1, "recipes are compared on one data set", " ".join(rest), "Write jamjae compare ae,vae mnist."
    )
    source = rest[0] if rest else source or "digits"
    return compare(recipes, source, seeds=seeds, display=display(quiet), **common, **options)


def page(report: Sequence[Path] | None) -> bool | Path:
    """Whether there is a page, and where."""
    require(len(report or ()) <= 1, "`report` takes one path", " ".join(map(str, report or ())), "Name runs before it.")
    return report is not None and (report[0] if report else True)


def display(quiet: bool) -> Display:
    """The usual progress, in few lines: there are many fits."""
    return watcher(quiet, lines=4)


def swept(
    options: dict[str, Any],
    points: int,
    metrics: Sequence[str] | None,
    samples: int,
    limit: int,
    report: Path | None,
    language: str,
    quiet: bool,
) -> Sweep:
    """Sweep the option that has several values."""
    tune.apply()
    recipe, source = options.pop("recipe", "vae"), options.pop("data", "digits")
    where: dict[str, Any] = {"runs": options.pop("runs", Path("runs")), "report": report or True, "language": language}
    about = {"points": points, "metrics": metrics, "samples": samples, "limit": limit}
    return sweep(recipe, source, display=display(quiet), **about, **where, **options)
