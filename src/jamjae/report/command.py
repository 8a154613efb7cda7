"""The command that makes a run again, from its spec: what was chosen, and nothing else."""

import shlex
from collections.abc import Iterator
from typing import Any

from ..training.settings import Settings

DATA = ("labels", "validation", "test", "size", "strict")
ALWAYS = ("seed", "epochs")  # said even where they are the defaults
FOUND = ("device", "threads", "checkpoint_every")  # the machine's, not the user's
NESTED = {"optimiser_options": "optimiser", "player_lr": "lr"}
Spec = dict[str, Any]


def command(spec: Spec, recommended: str = "none") -> str:
    """`jamjae fit RECIPE DATA --latent ...`; empty where the data or a part has no name on the command line.

    Arguments:
        spec: The run's spec.
        recommended: The binarisation that the data set has anyway.

    Example:
        >>> options = {"prior": "mixture", "prior.components": "10"}
        >>> command({"recipe": "vae", "data": {"source": "mnist"}, "latent": [2], "options": options})
        'jamjae fit vae mnist --latent 2 --prior mixture --prior.components 10'
    """
    data = spec.get("data", {})
    if not spec.get("recipe") or not data.get("source"):
        return ""
    given = {"latent": spec.get("latent"), **{name: data.get(name) for name in DATA}}
    given["binarise"] = None if data.get("binarise") == recommended else data.get("binarise")
    earlier = spec.get("encoder_from") or {}
    given |= {"encoder_from": earlier["run"], "freeze": earlier["freeze"] or None} if earlier else {}
    given |= dict(settings(spec)) | dict(flat(spec.get("options", {})))
    if any(not sayable(value) for value in given.values()):
        return ""
    words = [word for k, v in given.items() if v is not None for word in (f"--{k.replace('_', '-')}", spoken(v))]
    return shlex.join(["jamjae", "fit", spec["recipe"], str(data["source"]), *words])


def settings(spec: Spec) -> Iterator[tuple[str, Any]]:
    """The fit's options that differ from the defaults."""
    usual = Settings().to_json()
    for name, value in spec.get("settings", {}).items():
        if name in NESTED:
            yield from ((f"{NESTED[name]}.{k}", v) for k, v in value.items())
        elif name in ALWAYS or (name not in FOUND and value != usual.get(name)):
            yield name, value


def flat(options: Spec, path: str = "") -> Iterator[tuple[str, Any]]:
    """Options of parts as flags; a part given as a spec becomes its name and its options.

    Example:
        >>> dict(flat({"prior": {"name": "mixture", "components": 10, "means": None}}))
        {'prior': 'mixture', 'prior.components': 10}
    """
    for name, value in options.items():
        if not isinstance(value, dict):
            yield from [(path + name, value)] if value is not None else []
        else:
            yield path + name, value.get("name")
            yield from flat({k: v for k, v in value.items() if k != "name"}, f"{path}{name}.")


def sayable(value: Any) -> bool:
    """Whether the command line can take a value: no lists of parts."""
    return not isinstance(value, (list, tuple)) or not any(isinstance(v, dict) for v in value)


def spoken(value: Any) -> str:
    """A value as the command line takes it.

    Example:
        >>> spoken([200, 200]), spoken(4.0), spoken(0.0001), spoken(True), spoken([[-3.0, 0.0], [3.0, 0.0]])
        ('200,200', '4', '0.0001', 'true', '[[-3,0],[3,0]]')
    """
    if isinstance(value, (list, tuple)) and any(isinstance(v, (list, tuple)) for v in value):
        return f"[{','.join(f'[{spoken(v)}]' if isinstance(v, (list, tuple)) else spoken(v) for v in value)}]"
    if isinstance(value, (list, tuple)):
        return ",".join(spoken(v) for v in value)
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.12g}" if isinstance(value, float) else str(value)
