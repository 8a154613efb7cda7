"""What `fit` and `resume` do around training: the plan first, then progress, then what to do next."""

from pathlib import Path
from typing import Any

from .. import checks, plan
from ..core.errors import DiskFull
from ..run import Run, begin, spec_of
from ..training.display import Display
from . import tune
from .again import command
from .diagnosed import after_fit
from .failures import INTERRUPTED
from .opened import opened
from .progress import named, watcher


def fit(options: dict[str, Any], quiet: bool = False) -> int:
    """Fit a new run."""
    tune.apply()
    display = watcher(quiet)
    where = {k: options.pop(k) for k in ("runs", "name") if k in options}
    like = options.pop("like", None)
    spec = None if like is None else spec_of(like, where.get("runs", "runs"))
    source = options.pop("data", None)
    runs = where.get("runs", "runs")
    ready = plan.prepare(options.pop("recipe", None), source, like=spec, runs=runs, **options)
    if ready.warning:
        display.warn(ready.warning)
    run = begin(ready, **where)
    for name, line in checks.describe(ready).items():
        display.note(f"{name:<6} {line}")
    for note in ready.dataset.notes:
        display.note(f"note   {note}")
    display.note(f"run    {run.folder}")
    return watched(run, lambda: run.train(ready.model, ready.objective, display), display)


def resume(name: str, runs: Path, changes: dict[str, Any], data: str | None = None, quiet: bool = False) -> int:
    """Go on with a run."""
    run = opened(name, runs, data)
    display = watcher(quiet)
    display.note(f"run    {run.folder}")
    if run.result and not any(v is not None for v in changes.values()):
        display.note(f"it had ended; more epochs train it further: {command('resume', run)} --epochs N")
    return watched(run, lambda: run.resume(display, **changes), display)


def watched(run: Run, work: Any, display: Display) -> int:
    """Train; say how it ended and what can be done now."""
    try:
        work()
    except (KeyboardInterrupt, DiskFull):
        if (run.folder / "checkpoints").is_dir():
            display.note(f"go on:  {command('resume', run)}")
        raise
    assert run.outcome is not None
    if run.outcome.reason == "interrupted":
        display.warn(f"stopped at step {run.outcome.step:,} and saved. Go on: {command('resume', run)}")
        return INTERRUPTED
    for line in ending(run):
        display.note(line)
    after_fit(run, display)
    print(run.folder)
    return 0


def ending(run: Run) -> list[str]:
    """How it ended: time, last numbers, next commands."""
    outcome = run.outcome
    assert outcome is not None
    rows = [row for row in run.rows if row["event"] == "row"]
    last = rows[-1]["validation"] or rows[-1]["train"] if rows else {}
    how = {"done": "done", "early-stop": "stopped early"}[outcome.reason]
    return [
        f"{how}   {outcome.step:,} steps in {outcome.seconds:.1f} s",
        f"last   {named(last)}",
        f"next   {command('evaluate', run)}",
        f"       {command('diagnose', run)}",
        f"       {command('report', run)}",
    ]
