"""A graph beside the model that it came from, on real codes and examples, in batches of 1 and of 7."""

import json
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from ..core.errors import JamjaeError
from ..core.mode import evaluating
from ..core.seeds import isolated
from ..core.shapes import missing
from ..models.latent import LatentModel
from .base import Graph, graphs
from .material import Examples, Made, Material

SIZES = (1, 7)
ALLOWED = 1e-4
LOOKED = 1000  # examples that say how far data reach, where nothing else does

Compute = Callable[..., Sequence[np.ndarray]]
Opened = Callable[[bytes], Compute]


def checked(
    material: Material, suffix: str, packed: Callable[[Graph, Mapping[str, str]], bytes], opened: Opened
) -> Made:
    """All graphs of a model in one format, each opened again and compared with the model.

    Arguments:
        material: The run.
        suffix: Of the files.
        packed: From a graph and what to write into it beside what it knows, to the content of its file.
        opened: From that content to what computes it.
    """
    told, reference = about(material), Reference(material.model, material.examples)
    files, differences = {}, {}
    for graph in graphs(material.model):
        content = packed(graph, told)
        files[f"{graph.name}.{suffix}"] = content
        differences[graph.name] = reference.difference(graph, opened(content))
    return Made(files, differences)


def about(material: Material) -> dict[str, str]:
    """What a file says about the run that it came from: name, recipe, SHA-256 of the weights of a finished run, and of
    a conditional one the classes, as JSON, in the order of their numbers."""
    told = {"run": material.name, "recipe": str(material.spec["recipe"])}
    told |= {k: v for k, v in material.result.items() if k == "weights_sha256"}
    if material.model.condition is not None:
        told["classes"] = json.dumps(material.spec["data"].get("classes", []), ensure_ascii=False)
    return told


class Reference:
    """What a model makes of real examples.

    Arguments:
        model: The model.
        examples: Examples and labels; called at most once, and not at all where nothing depends on them.
        seed: Without an encoder, codes are drawn from the prior.
    """

    def __init__(self, model: LatentModel, examples: Examples, seed: int = 0) -> None:
        self.model, self.event = model, model.event
        bounded = math.isfinite(self.event.low) and math.isfinite(self.event.high)
        self.x, y = (None, None) if bounded and model.encoder is None else examples()
        self.reach = self.event.high - self.event.low if bounded else spread(self.x)
        self.z, self.y = self._codes(y, seed)

    @torch.no_grad()
    def _codes(self, y: Tensor | None, seed: int) -> tuple[Tensor, Tensor | None]:
        with isolated(seed, "export"), evaluating(self.model):
            if self.model.posterior is None or self.x is None:
                return self.model.draw(max(SIZES))
            self.x = repeated(self.x)
            y = None if self.model.condition is None or y is None else repeated(y)
            return self.model.posterior.point(self.model.encode(self.x, y)), y

    def difference(self, graph: Graph, compute: Compute) -> float:
        """The largest difference between `compute` and the graph in torch.

        Raises:
            JamjaeError: If it is larger than 1e-4, of examples in units of the data's range, of codes absolute up to 1
                and relative beyond.
        """
        first = self.z if graph.name == "decoder" else real(self.x)
        given = (first,) if self.y is None else (first, self.y)
        found = float(np.max([self._apart(graph, compute, tuple(t[:n] for t in given)) for n in SIZES]))
        if not found <= ALLOWED:
            raise JamjaeError(
                f"the exported {graph.name} differs from the model by {found:.2g}, more than {ALLOWED:g}; nothing was "
                "written. Try --format weights, which computes nothing."
            )
        return found

    def _apart(self, graph: Graph, compute: Compute, given: tuple[Tensor, ...]) -> np.floating:
        """The largest difference of a batch; NaN where either side has one."""
        with torch.no_grad(), evaluating(graph):
            wanted = [w.double().numpy() for w in graph(*given)]
        made = compute(*(t.numpy() for t in given))
        shapes = [[np.shape(m) for m in made], [w.shape for w in wanted]]
        if shapes[0] != shapes[1]:
            raise JamjaeError(
                f"the exported {graph.name} gives shapes {shapes[0]}, not {shapes[1]}; nothing was written."
            )
        return np.max([np.abs(w - m).max() / self._unit(graph, w) for w, m in zip(wanted, made, strict=True)])

    def _unit(self, graph: Graph, wanted: np.ndarray) -> float:
        return self.reach if graph.name == "decoder" else float(np.maximum(1.0, np.abs(wanted).max()))


def real(x: Tensor | None) -> Tensor:
    """Examples as a graph takes them: float32, NaN where a cell is missing."""
    assert x is not None
    return torch.where(missing(x), torch.nan, x.float())


def repeated(x: Tensor) -> Tensor:
    """As many rows as the larger batch, from the start again where there are too few."""
    return x[torch.arange(max(SIZES)) % len(x)]


def spread(x: Tensor | None) -> float:
    """From the smallest to the largest value of examples; 1 where all are equal.

    Example:
        >>> spread(torch.tensor([[1.0, torch.nan], [4.0, 2.0]]))
        3.0
    """
    seen = real(x)[:LOOKED]
    seen = seen[~seen.isnan()]
    return float(seen.max() - seen.min()) or 1.0 if len(seen) else 1.0
