"""The weights and what they belong to: two files, from which jamjae builds the model again."""

from ..core.files import json_bytes
from ..training.checkpoint import packed
from .material import Made, Material


def export(material: Material) -> Made:
    """`weights.safetensors` and `spec.json`, to the byte those of the run."""
    content = packed(material.model.state_dict())
    return Made({"weights.safetensors": content, "spec.json": json_bytes(material.spec)})
