"""What a run folder holds after training: the weights with their SHA-256, how training ended, a README."""

import shlex
import warnings
from hashlib import sha256
from pathlib import Path
from typing import Any

from safetensors.torch import load
from torch import Tensor

from .core.errors import Damaged, UsageError
from .core.files import read_json, write_bytes, write_json
from .evaluation import Measurement
from .models.latent import LatentModel
from .priors.base import Prior
from .training import Outcome, checkpoint
from .training.journal import read_rows

WEIGHTS, RESULT = "weights.safetensors", "result.json"
MADE_OF_WEIGHTS = ("evaluation.json", "diagnosis.json", "report.html")


def result(folder: Path) -> dict[str, Any]:
    """How training ended; empty while it has not."""
    path = folder / RESULT
    return dict(read_json(path)) if path.is_file() else {}


def measured(m: Measurement, asked_for: dict[str, Any]) -> dict[str, Any]:
    """A measurement as JSON, with what was asked for and whether it had a number for each example."""
    return m.to_json() | {"details": {**m.details, "asked": {**asked_for, "each": m.each is not None}}}


def weights(folder: Path) -> dict[str, Tensor]:
    """The final weights, or those of the newest checkpoint while training has not ended.

    Raises:
        Damaged: If they do not match their recorded SHA-256.
        UsageError: If there are none yet.
    """
    ended = result(folder)
    if not ended:
        return unfinished(folder)
    path = folder / WEIGHTS
    content = path.read_bytes() if path.is_file() else b""
    if sha256(content).hexdigest() != ended.get("weights_sha256"):
        raise Damaged(f"{path} does not match its recorded SHA-256; `jamjae resume {folder.name}` writes it again.")
    return dict(load(content))


def unfinished(folder: Path) -> dict[str, Tensor]:
    """The weights to use of the newest checkpoint: the best, the running mean, or the last."""
    found = checkpoint.newest(folder / "checkpoints", lambda text: warnings.warn(text, stacklevel=4))
    if found is None:
        raise UsageError(f"{folder} has no weights yet; `jamjae resume {folder.name}` trains it.")
    groups = ("best", "ema", "weights")
    start = next(f"{g}/model." for g in groups if any(k.startswith(f"{g}/") for k in found[1]))
    return {k.removeprefix(start): v for k, v in found[1].items() if k.startswith(start)}


def keep(folder: Path, spec: dict[str, Any], model: LatentModel, outcome: Outcome) -> None:
    """Write the final weights and how they came about; what was made of other weights goes."""
    content = checkpoint.packed(model.state_dict())
    digest = sha256(content).hexdigest()
    if digest != result(folder).get("weights_sha256"):
        for name in MADE_OF_WEIGHTS:
            (folder / name).unlink(missing_ok=True)
    write_bytes(folder / WEIGHTS, content)
    ended = {"weights_sha256": digest, "reason": outcome.reason, "step": outcome.step}
    ended |= {"seconds": round(outcome.seconds, 3), "rollbacks": rollbacks(folder)}
    write_json(folder / RESULT, ended)
    write_bytes(folder / "README.md", readme(folder.name, spec, model.prior).encode())


def rollbacks(folder: Path) -> int:
    """How often training went back to a checkpoint."""
    return sum(row["event"] == "rollback" for row in read_rows(folder / "metrics.jsonl"))


def readme(name: str, spec: dict[str, Any], prior: Prior) -> str:
    """What the folder is, and what can be done with it, for whoever opens it."""
    how = f" {prior.learning}" if spec["objective"]["name"] == "reconstruction" else ""
    commands = "".join(f"    jamjae {command}\n" for command in possible(name, spec))
    return (
        f"# {name}\n\n`{spec['recipe']}` fitted to `{spec['data']['name']}` with jamjae {spec['jamjae']}.\n"
        f"Samples come from the prior `{prior.name()}`{how}.\n\n"
        f"{commands}\n`spec.json` says what it is, `{WEIGHTS}` holds the weights, `metrics.jsonl` the training log.\n"
    )


def possible(name: str, spec: dict[str, Any]) -> list[str]:
    """Commands that make sense for a run: one that only generates restores nothing, a conditional one has labels."""
    found = [f"evaluate {name}", f"diagnose {name}", f"report {name}", f"sample {name} 64", f"interpolate {name}"]
    if spec["model"]["encoder"] is not None:
        found.append(f"reconstruct {name}")
    if spec["model"]["condition"] is not None:
        found.append(f"sample {name} 64 --label {shlex.quote(next(iter(spec['data'].get('classes', [])), '0.5'))}")
    return found
