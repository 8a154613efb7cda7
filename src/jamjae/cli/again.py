"""The exact command that does something with a run."""

import shlex
from pathlib import Path

from ..run import Run


def command(verb: str, run: Run) -> str:
    """What to type: the run's name, or its path where it lies elsewhere."""
    usual = run.folder.parent == Path("runs")
    return shlex.join(["jamjae", *verb.split(), run.folder.name if usual else str(run.folder)])
