"""What the verbs on a run share: opening it, where its files go by default, the range of its values."""

from pathlib import Path

from ..run import Run, load
from . import tune


def opened(run: str, runs: Path, data: str | None = None) -> Run:
    """The run, in a process that is tuned as its training was."""
    found = load(run, data, runs=runs)
    tune.apply(found.spec.get("routing", "none"))
    return found


def default(run: Run, out: Path | None, name: str) -> Path:
    """Where a result goes: where the user said, otherwise into the run folder."""
    return run.folder / name if out is None else out


def limits(run: Run) -> tuple[float, float]:
    """Smallest and largest value that an example can have."""
    event = run.model.event
    return (0.0, float(event.levels - 1)) if event.levels > 2 else (event.low, event.high)


def picture(run: Run) -> str:
    """The ending of files that hold examples: that of their form, pictures as PNG, anything else as numbers."""
    if run.form is not None:
        return run.form.endings[0]
    return ".png" if run.model.event.kind == "image" else ".npy"
