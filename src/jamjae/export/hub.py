"""A folder as a model hub expects it, which is also a run folder that `jamjae.load` opens."""

from pathlib import Path
from typing import Any

from ..core.errors import UsageError
from ..core.files import json_bytes
from . import weights
from .material import Made, Material


def export(material: Material) -> Made:
    """Weights, spec, how training ended (with the SHA-256 of the weights), what was measured, and a model card.

    Raises:
        UsageError: If training has not ended, or the run was not evaluated and diagnosed.
    """
    if not material.result:
        raise UsageError(f"{material.name} is not finished; `jamjae resume {material.name}` trains it further.")
    card, measured = material.card()
    files = weights.export(material).files | {
        "spec.json": json_bytes(published(material.spec)),
        "result.json": json_bytes(material.result),
        "evaluation.json": json_bytes(measured),
        "README.md": card.encode(),
    }
    return Made(files)


def published(spec: dict[str, Any]) -> dict[str, Any]:
    """The spec with the names of files and runs in place of their paths, which belong to the machine.

    Example:
        >>> published({"data": {"source": "/home/me/x.npy"}, "encoder_from": None})["data"]
        {'source': 'x.npy'}
    """
    data, earlier = spec["data"], spec.get("encoder_from")
    found = {**spec, "data": {**data, "source": data["source"] and Path(data["source"]).name}}
    return found if not earlier else {**found, "encoder_from": {**earlier, "run": Path(earlier["run"]).name}}
