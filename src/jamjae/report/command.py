"""The command that makes the run again, from its spec: what differs from the recipe's defaults, and nothing else."""

import shlex
from typing import Any

from ..core.event import Event
from ..recipes.base import PARTS, RECIPES, assemble
from ..training.settings import Settings

SIZES = ("event", "latent", "inputs", "outputs", "context")
RECORDED = ("seed", "epochs", "device", "threads", "checkpoint_every")  # given always, or found out by the machine
Spec = dict[str, Any]


def command(spec: Spec, recommended: str = "none") -> str:
    """`jamjae fit RECIPE DATA --latent ...`; empty if the recipe is unknown or the data had no name on disk.

    Example:
        >>> command({"recipe": "vae", "data": {"source": "mnist"}, "latent": [2], "settings": {"epochs": 3}, "seed": 0})
        'jamjae fit vae mnist --latent 2 --epochs 3 --seed 0'
    """
    data, settings = spec.get("data", {}), spec.get("settings", {})
    if spec.get("recipe") not in RECIPES or not data.get("source"):
        return ""
    given = [("latent", spec.get("latent", [])), ("epochs", settings.get("epochs")), ("seed", spec.get("seed", 0))]
    if data.get("binarise", recommended) != recommended:
        given.append(("binarise", data["binarise"]))
    given += [*_settings(spec), *_parts(spec)]
    flags = [word for name, value in given for word in (f"--{name.replace('_', '-')}", spoken(value))]
    return shlex.join(["jamjae", "fit", spec["recipe"], str(data["source"]), *flags])


def spoken(value: Any) -> str:
    """A value as the command line takes it.

    Example:
        >>> spoken([200, 200]), spoken(4.0), spoken(True)
        ('200,200', '4', 'true')
    """
    if isinstance(value, (list, tuple)):
        return ",".join(spoken(v) for v in value)
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _settings(spec: Spec) -> list[tuple[str, Any]]:
    usual = Settings().to_json() | default(spec)[1]
    found: list[tuple[str, Any]] = []
    for name, value in spec.get("settings", {}).items():
        if name == "optimiser_options":
            found += [(f"optimiser.{k}", v) for k, v in value.items()]
        elif name not in RECORDED and value != usual.get(name):
            found.append((name, value))
    return found


def _parts(spec: Spec) -> list[tuple[str, Any]]:
    usual, _ = default(spec)
    made = {**(spec.get("model") or {}), "objective": spec.get("objective")}
    parts = [part for part in PARTS if made.get(part) and part in usual]
    return [flag for part in parts for flag in differences(part, usual[part], made[part])]


def default(spec: Spec) -> tuple[Spec, Spec]:
    """The recipe's own parts as specs, and its fit defaults; empty where the event is not known."""
    event = spec.get("data", {}).get("event")
    if not event:
        return {}, {}
    given = {**event, "shape": tuple(event["shape"]), "low": float(event["low"]), "high": float(event["high"])}
    choice = RECIPES[spec["recipe"]](Event(**given))
    model, objective = assemble(choice, Event(**given), tuple(spec["latent"]))
    return {**model.spec(), "objective": objective.spec()}, choice.fit


def differences(path: str, usual: Spec, made: Spec) -> list[tuple[str, Any]]:
    """Flags that turn one part into another; a new name drops the old part's options."""
    renamed = usual.get("name") != made.get("name")
    found = [(path, made["name"])] if renamed else []
    for option, value in made.items():
        before = None if renamed else usual.get(option)
        if option == "name" or option in SIZES or value is None or value == before:
            continue
        if isinstance(value, dict) and "name" in value:
            found += differences(f"{path}.{option}", before or {}, value)
        else:
            found.append((f"{path}.{option}", value))
    return found
