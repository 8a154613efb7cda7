"""The two graphs of a model, as modules without chance: codes to examples, examples to codes.

Shapes: n = batch, E = event shape, L = latent shape. All numbers are float32; labels are class numbers, int64 (-1 where
unknown), or real numbers, float32 (NaN where unknown). A missing cell and a missing number are NaN.
"""

import json
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.distributions import constraints

from .. import __version__
from ..core.component import flat
from ..core.errors import Undefined
from ..core.mode import evaluating
from ..models.latent import LatentModel
from ..networks.base import Network

BATCH = 2  # examples that a graph is traced with: a batch of 1 would be taken for a constant


class Graph(nn.Module, ABC):
    """A part of a model that is traced by itself: without `torch.autocast`, which tracers do not always see through.

    Class attribute: `name`, also of the file. Attributes: `inputs` and `outputs`, their names in order.
    """

    name: ClassVar[str]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def __init__(self, model: LatentModel) -> None:
        super().__init__()
        self.model = model

    @abstractmethod
    def blank(self) -> Tensor:
        """A batch to trace with."""

    def arguments(self) -> tuple[Tensor, ...]:
        """All inputs to trace with."""
        condition = self.model.condition
        return (self.blank(),) if condition is None else (self.blank(), condition.nothing(BATCH))

    def named(self, first: str) -> tuple[str, ...]:
        """Names of the inputs."""
        return (first,) if self.model.condition is None else (first, "label")


class Decoder(Graph):
    """z (n, *L), and the label where the model is conditional, to the likelihood's point x (n, *E).

    Raises:
        Undefined: For a likelihood that writes one number after the other.

    Example:
        >>> graph = Decoder(next(LatentModel.examples()))
        >>> graph.inputs, graph.outputs, graph(torch.zeros(5, 2))[0].shape
        (('z',), ('x',), torch.Size([5, 2]))
    """

    name = "decoder"

    def __init__(self, model: LatentModel) -> None:
        super().__init__(model)
        if any(isinstance(part, Network) and part.causal for part in model.likelihood.modules()):
            raise Undefined(
                f"the likelihood {model.likelihood.name()} writes one number after the other, and a graph is a single "
                "pass; --format weights holds the model whole"
            )
        self.inputs, self.outputs = self.named("z"), ("x",)

    def blank(self) -> Tensor:
        return torch.zeros(BATCH, *self.model.decoder.inputs)

    def forward(self, z: Tensor, label: Tensor | None = None) -> tuple[Tensor, ...]:
        p = self.model.likelihood(self.model.decoder(z, self.model.context(label)))
        return (self.model.likelihood.point(p).float(),)


class Encoder(Graph):
    """x (n, *E), and the label where the model is conditional, to the posterior's point `mean` (n, *L) and, where it
    has a variance per axis, `log_variance` (n, *L).

    Raises:
        Undefined: For a model that only generates.

    Example:
        >>> Encoder(next(LatentModel.examples())).outputs
        ('mean', 'log_variance')
    """

    name = "encoder"

    def __init__(self, model: LatentModel) -> None:
        super().__init__(model)
        if model.encoder is None or model.posterior is None:
            raise Undefined("this model only generates: it has no encoder to export")
        self.inputs, self.posterior = self.named("x"), model.posterior
        self.outputs = ("mean", "log_variance") if self.spread() else ("mean",)

    def blank(self) -> Tensor:
        return torch.zeros(BATCH, *self.model.event.shape)

    def spread(self) -> bool:
        """Whether the posterior has a variance per axis: a point, bits, entries of a book and flows have none."""
        if self.posterior.certain or self.posterior.support is not constraints.real:
            return False
        try:
            with torch.no_grad(), evaluating(self.model):
                return self.model.encode(*self.arguments()).variance is not None
        except Undefined:
            return False

    def forward(self, x: Tensor, label: Tensor | None = None) -> tuple[Tensor, ...]:
        q = self.posterior(self.model.features(x, label))
        mean = self.posterior.point(q)
        return (mean,) if len(self.outputs) == 1 else (mean, q.variance.log())


def graphs(model: LatentModel) -> list[Graph]:
    """What there is to export of a model: its decoder, and its encoder where it has one."""
    return [Decoder(model)] if model.encoder is None else [Encoder(model), Decoder(model)]


def described(model: LatentModel) -> dict[str, str]:
    """What every graph says about its model: event and latent shape as JSON, jamjae's version."""
    latent = list(model.decoder.inputs)
    return {"event": json.dumps(flat(model.event)), "latent": json.dumps(latent), "jamjae": __version__}


@contextmanager
def tracing(graph: Graph) -> Iterator[None]:
    """Evaluation mode, and no warnings: those of a tracer are about its own code, and what it made is checked."""
    with warnings.catch_warnings(), evaluating(graph):
        warnings.simplefilter("ignore")
        yield
