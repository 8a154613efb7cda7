"""ONNX: graphs for ONNX Runtime, in any language and in the browser."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import torch

from ..core.errors import JamjaeError
from ..models.latent import LatentModel
from .base import Decoder, Encoder, Graph, described, tracing
from .check import Compute, checked
from .material import Made, Material

OPSET = 20
NEEDED = ("onnx", "onnxscript", "onnxruntime")


def export(material: Material) -> Made:
    """`encoder.onnx`, where there is an encoder, and `decoder.onnx`, compared as ONNX Runtime computes them."""
    installed()
    return checked(material, "onnx", packed, opened)


def decoder(model: LatentModel, told: Mapping[str, str] | None = None) -> bytes:
    """The decoder as an ONNX model: input `z` (n, *latent) float32 and, of a conditional model, `label` (n,), int64 for
    classes and float32 for numbers; output `x` (n, *event) float32, the likelihood's point. n is free.

    Arguments:
        model: The model.
        told: Metadata to write into it beside the event, the latent shape and jamjae's version.

    Raises:
        JamjaeError: If the packages of the extra `onnx` are not installed.
    """
    return packed(Decoder(model), told or {})


def encoder(model: LatentModel, told: Mapping[str, str] | None = None) -> bytes:
    """The encoder as an ONNX model: input `x` (n, *event) float32, NaN where a cell is missing, and `label` as for the
    decoder; outputs `mean` (n, *latent), the posterior's point, and `log_variance` (n, *latent), in natural logarithms,
    where the posterior has a variance per axis.

    Raises:
        Undefined: For a model that only generates.
        JamjaeError: If the packages of the extra `onnx` are not installed.
    """
    return packed(Encoder(model), told or {})


def packed(graph: Graph, told: Mapping[str, str]) -> bytes:
    """A graph as an ONNX file."""
    installed()
    proto = bare(traced(graph).model_proto)
    for key, value in {**described(graph.model), **told}.items():
        proto.metadata_props.add(key=key, value=value)
    return bytes(proto.SerializeToString())


def traced(graph: Graph) -> torch.onnx.ONNXProgram:
    """The graph in torch's own form of ONNX.

    Raises:
        JamjaeError: If a part uses an operation that ONNX lacks.
    """
    try:
        with tracing(graph), quiet():
            program = torch.onnx.export(
                graph,
                graph.arguments(),
                dynamo=True,
                verbose=False,
                opset_version=OPSET,
                input_names=graph.inputs,
                output_names=graph.outputs,
                dynamic_shapes=tuple({0: "n"} for _ in graph.inputs),
            )
    except torch.onnx.OnnxExporterError as error:
        why = str(error.__cause__ or error).splitlines()[0]
        raise JamjaeError(f"the {graph.name} cannot be written as ONNX: {why} Try --format torch-export.") from error
    assert program is not None
    return program


def bare(proto: Any) -> Any:
    """The graph without the tracer's notes: they hold paths of this machine and are larger than a small model."""
    graph = proto.graph
    for thing in (graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        del thing.metadata_props[:]
        thing.doc_string = ""
    del proto.metadata_props[:]
    return proto


def opened(content: bytes) -> Compute:
    """The graph in ONNX Runtime, on the CPU with one thread: arrays in, arrays out."""
    runtime = import_module("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    names = [i.name for i in session.get_inputs()]
    return lambda *inputs: session.run(None, dict(zip(names, inputs, strict=True)))


def installed() -> None:
    """Say how to install what is missing."""
    for name in NEEDED:
        try:
            import_module(name)
        except ModuleNotFoundError as error:
            raise JamjaeError(
                f'ONNX needs {error.name}, which is not installed. Type: pip install "jamjae[onnx]"'
            ) from None


@contextmanager
def quiet() -> Iterator[None]:
    """No log lines of the tracer, which miss packages that nothing here uses."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
