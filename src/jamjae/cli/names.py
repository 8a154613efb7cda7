"""What a shell completes besides verbs and options: names of recipes, of built-in data and of runs.

They are read from the names of files, because a key press must not wait for torch; a test compares them with the
catalogue.
"""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

PACKAGE = Path(__file__).parents[1]


def recipes(context: Any = None) -> list[str]:
    """The recipes: a file each."""
    return _files("recipes")


def sets(context: Any = None) -> list[str]:
    """The built-in data sets: a file each."""
    return _files("data/builtin")


def runs(context: Any = None) -> list[str]:
    """The runs in `--runs`, newest first, after `last`; none where nothing was fitted."""
    given = None if context is None else context.get("runs")
    folder = Path((given and given.raw) or "runs").expanduser()
    try:
        specs = sorted(folder.glob("*/spec.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    except OSError:  # a folder that may not be read, or a run that has just gone: nothing to offer
        return []
    return ["last", *(path.parent.name for path in specs)] if specs else []


def compared(context: Any = None) -> list[str]:
    """What `compare` takes."""
    return [*runs(context), *recipes(), *sets()]


def _files(folder: str) -> list[str]:
    found = (path.stem for path in (PACKAGE / folder).glob("[!_]*.py") if path.stem != "base")
    return sorted(name.replace("_", "-") for name in found)


RunName = Annotated[str, Parameter(completer=runs)]
AnyRun = Annotated[str | None, Parameter(completer=runs)]
Examples = Annotated[str, Parameter(completer=sets)]
AnyData = Annotated[str | None, Parameter(completer=sets)]
AnyRecipe = Annotated[str | None, Parameter(completer=recipes)]
Compared = Annotated[str, Parameter(completer=compared)]
