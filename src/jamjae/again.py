"""Fits that need not be made again: a finished run of the same plan and seed is used, a stopped one goes on."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .core.errors import Damaged, UsageError
from .data.builtin import NAMES
from .plan import Plan, prepare
from .run import Run, begin, load, spec_of
from .training import folder
from .training.display import Display

MACHINE = ("device", "threads", "checkpoint_every")  # the machine's, not the plan's
DATA = ("binarise", "unit", "validation", "test")
Spec = dict[str, Any]


def key(spec: Mapping[str, Any]) -> str:
    """What makes two runs repeats of each other: everything that was chosen but the seed, as text.

    The data count by their fingerprint; a built-in set by its name, as the seed may generate it. What differs between
    machines does not count.
    """
    about = spec["data"]
    builtin = about["source"] in NAMES and about.get("labels") is None
    kept = {name: spec.get(name) for name in ("jamjae", "recipe", "latent", "model", "objective", "encoder_from")}
    kept["settings"] = {k: v for k, v in spec["settings"].items() if k not in (*MACHINE, "seed")}
    kept["data"] = {k: about.get(k) for k in DATA} | {"is": about["source" if builtin else "fingerprint"]}
    return json.dumps(kept, sort_keys=True, default=str)


def planned(recipe: str | None, source: Any, seed: int, runs: str | Path, options: Mapping[str, Any]) -> Plan:
    """The plan of a fit.

    Raises:
        UsageError: With the name of the recipe, where it does not know an option.
    """
    like = options.get("like")
    chosen = {**options, "seed": seed, "like": None if like is None else spec_of(like, runs)}
    try:
        return prepare(recipe, source, runs=runs, **chosen)
    except UsageError as error:
        raise UsageError(f"{recipe}: {error}") from None


def made(plan: Plan, runs: str | Path, display: Display, options: Mapping[str, Any]) -> Run:
    """The run of a plan: the one that is there, the rest of one that was stopped, or a new one.

    Raises:
        KeyboardInterrupt: If training was interrupted; what there is, is saved.
    """
    found = there(plan, Path(runs))
    source = None if isinstance(plan.source, (str, Path)) else plan.source
    run = begin(plan, runs=runs) if found is None else load(found, source, labels=labels_of(source, options), runs=runs)
    seed = plan.settings.seed
    if found is not None and run.result:
        display.note(f"{plan.recipe}, seed {seed}: {run.folder} is there")
        return run
    display.note(f"{plan.recipe}, seed {seed}: {run.folder}{' goes on' if found is not None else ''}")
    run = run.train(plan.model, plan.objective, display) if found is None else run.resume(display)
    if run.outcome is not None and run.outcome.reason == "interrupted":
        display.warn(f"stopped and saved {run.folder}; the same command goes on")
        raise KeyboardInterrupt
    return Run(run.folder, None if source is None else run.dataset)  # without what it holds in memory


def labels_of(source: Any, options: Mapping[str, Any]) -> Any:
    """The labels that belong to an array."""
    return None if source is None else options.get("labels")


def there(plan: Plan, runs: Path) -> Path | None:
    """The newest run folder of a plan and its seed, a finished one if there is any."""
    wanted, seed = key(json.loads(json.dumps(plan.spec()))), plan.settings.seed
    found = [path for path in folder.found(runs) if matches(path, wanted, seed)]
    ended = [path for path in found if Run(path).result]
    return (ended or found or [None])[-1]


def matches(path: Path, wanted: str, seed: int) -> bool:
    """Whether a folder holds a run of that plan and seed; one that cannot be read does not."""
    try:
        spec = folder.read_spec(path)
    except Damaged:
        return False
    return spec.get("seed") == seed and key(spec) == wanted
