"""PyTorch's own format: graphs that `torch.export.load` runs without jamjae."""

import io
import json
from collections.abc import Mapping

import numpy as np
import torch

from .base import Graph, described, tracing
from .check import Compute, checked
from .material import Made, Material

ABOUT = "about.json"  # among the file's extra files


def export(material: Material) -> Made:
    """`encoder.pt2`, where there is an encoder, and `decoder.pt2`; inputs and outputs are those of the ONNX graphs."""
    return checked(material, "pt2", packed, opened)


def packed(graph: Graph, told: Mapping[str, str]) -> bytes:
    """A graph as a .pt2 file."""
    n = torch.export.Dim("n")
    with tracing(graph):
        program = torch.export.export(graph, graph.arguments(), dynamic_shapes=tuple({0: n} for _ in graph.inputs))
        for node in program.graph.nodes:
            node.meta.pop("stack_trace", None)  # paths of this machine
        file = io.BytesIO()
        torch.export.save(program, file, extra_files={ABOUT: json.dumps({**described(graph.model), **told})})
    return file.getvalue()


def opened(content: bytes) -> Compute:
    """The graph, loaded again: arrays in, arrays out."""
    module = torch.export.load(io.BytesIO(content)).module()

    @torch.no_grad()
    def compute(*inputs: np.ndarray) -> list[np.ndarray]:
        return [t.numpy() for t in module(*map(torch.from_numpy, inputs))]

    return compute
