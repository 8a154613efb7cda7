"""Checkpoints: a folder a step, written whole or not at all, verified by SHA-256, the last two kept.

    checkpoints/000000430/state.safetensors   every tensor of the training state
                          manifest.json        counters, sizes, SHA-256 of the tensors and of itself

The newest folder that verifies is the state. A damaged one is passed over, loudly, and never deleted; who trains in the
folder, and only he, sets it aside.
"""

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from safetensors.torch import load, save
from torch import Tensor

from ..core.errors import Damaged
from ..core.files import digest, read_json, write_folder

FORMAT = 1
TENSORS, MANIFEST = "state.safetensors", "manifest.json"
KEEP = 2


def write(folder: Path, step: int, tensors: dict[str, Tensor], state: dict[str, Any]) -> Path:
    """Write the checkpoint of a step and prune older ones, in this order."""
    content = packed(tensors)
    manifest = {"format": FORMAT, "step": step, "sha256": sha256(content).hexdigest(), "bytes": len(content)}
    manifest["state"] = state
    manifest["seal"] = seal(manifest)
    path = folder / f"{step:09d}"
    if path.exists():  # the same step again, after a rollback or a stop: same content by construction
        shutil.rmtree(path)
    write_folder(path, {TENSORS: content, MANIFEST: json.dumps(manifest, allow_nan=False).encode()})
    prune(folder)
    return path


def packed(tensors: dict[str, Tensor]) -> bytes:
    """The tensors in safetensors format; copies, because the format refuses tensors that share memory."""
    return save({k: v.detach().cpu().contiguous().clone() for k, v in tensors.items()})


def seal(manifest: dict[str, Any]) -> str:
    """SHA-256 of the manifest's other fields."""
    rest = {k: v for k, v in manifest.items() if k != "seal"}
    return sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def steps(folder: Path) -> list[Path]:
    """The checkpoint folders, oldest first."""
    return sorted(p for p in folder.glob("*") if p.is_dir() and p.name.isdigit())


def prune(folder: Path) -> None:
    """Keep the last two."""
    for old in steps(folder)[:-KEEP]:
        shutil.rmtree(old)


def verified(path: Path) -> dict[str, Any]:
    """The manifest of a checkpoint whose files are what it says.

    Raises:
        Damaged: If anything does not match.
    """
    manifest = read_json(path / MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("seal") != seal(manifest):
        raise Damaged(f"{path / MANIFEST} does not match its own SHA-256")
    if manifest["format"] != FORMAT:
        raise Damaged(f"{path} has format {manifest['format']}; this version of jamjae reads {FORMAT}")
    tensors = path / TENSORS
    if not tensors.is_file() or tensors.stat().st_size != manifest["bytes"] or digest(tensors) != manifest["sha256"]:
        raise Damaged(f"{tensors} does not match the SHA-256 in its manifest")
    return manifest


def newest(
    folder: Path, warn: Callable[[str], None], aside: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]] | None:
    """The newest checkpoint that verifies, or None where there is none at all.

    Arguments:
        folder: Where the checkpoints lie.
        warn: Told of every damaged one.
        aside: Rename damaged ones, so that they are out of the way; only under the run's lock, because for a reader a
            checkpoint that is just being written or pruned may look damaged.

    Raises:
        Damaged: If there are checkpoints and every one is damaged.
    """
    found = steps(folder)
    for path in reversed(found):
        try:
            return verified(path), load((path / TENSORS).read_bytes())
        except (Damaged, FileNotFoundError) as damage:  # pruned while a reader looked at it
            warn(f"{damage}. {_set_aside(path) if aside else 'It is left as it is'}; going on from the one before it.")
    if found:
        raise Damaged(f"every checkpoint in {folder} is damaged; start again with `jamjae fit`.")
    return None


def _set_aside(path: Path) -> str:
    """Rename a damaged checkpoint; what was done, in words."""
    aside = path.with_name(f"damaged-{path.name}")
    shutil.rmtree(aside, ignore_errors=True)
    path.rename(aside)
    return f"It is set aside as {aside.name}"
