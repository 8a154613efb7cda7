"""What a run folder holds after training: the weights with their SHA-256, how training ended, a README."""

import warnings
from hashlib import sha256
from pathlib import Path
from typing import Any

from safetensors.torch import load
from torch import Tensor, nn

from .core.errors import Damaged, UsageError
from .core.files import read_json, write_bytes, write_json
from .training import Outcome, checkpoint
from .training.journal import read_rows

WEIGHTS, RESULT = "weights.safetensors", "result.json"
MADE_OF_WEIGHTS = ("evaluation.json", "report.html")


def result(folder: Path) -> dict[str, Any]:
    """How training ended; empty while it has not."""
    path = folder / RESULT
    return dict(read_json(path)) if path.is_file() else {}


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


def keep(folder: Path, spec: dict[str, Any], model: nn.Module, outcome: Outcome) -> None:
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
    write_bytes(folder / "README.md", readme(folder.name, spec).encode())


def rollbacks(folder: Path) -> int:
    """How often training went back to a checkpoint."""
    return sum(row["event"] == "rollback" for row in read_rows(folder / "metrics.jsonl"))


def readme(name: str, spec: dict[str, Any]) -> str:
    """What the folder is, for whoever opens it."""
    return (
        f"# {name}\n\n`{spec['recipe']}` fitted to `{spec['data']['name']}` with jamjae {spec['jamjae']}.\n\n"
        f"    jamjae evaluate {name}\n    jamjae report {name}\n    jamjae sample {name} 64\n\n"
        f"`spec.json` says what it is, `{WEIGHTS}` holds the weights, `metrics.jsonl` the training log.\n"
    )
