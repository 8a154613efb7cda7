"""The networks of the PacGAN paper's experiment in the plane, as parts: defined here, they can be chosen by name."""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn

from jamjae.core.shapes import Shape
from jamjae.networks.base import Network


class Normalised(Network):
    """Dense layers, each followed by batch normalisation and a rectifier; the last layer is linear.

    Reference:
        Ioffe and Szegedy (2015), Batch normalization. https://arxiv.org/abs/1502.03167

    Arguments:
        inputs: Shape of one input.
        outputs: Shape of one output.
        context: Width of the context vector; 0 for none.
        widths: Units of each hidden layer.
    """

    def __init__(
        self, inputs: Shape = (2,), outputs: Shape = (2,), context: int = 0, widths: tuple[int, ...] = (400,) * 4
    ) -> None:
        super().__init__()
        self.inputs, self.outputs, self.context, self.widths = inputs, outputs, context, widths
        self.prepare()
        sizes = (math.prod(inputs) + context, *widths)
        hidden = [m for a, b in pairwise(sizes) for m in (nn.Linear(a, b, bias=False), nn.BatchNorm1d(b), nn.ReLU())]
        self.layers = nn.Sequential(*hidden, nn.Linear(sizes[-1], math.prod(outputs)))

    def compute(self, x: Tensor, context: Tensor | None) -> Tensor:
        h = x.flatten(1) if context is None else torch.cat([x.flatten(1), context], -1)
        made: Tensor = self.layers(h)
        return made.reshape(-1, *self.outputs)


class Maxout(Network):
    """Dense layers of units that are the largest of several linear pieces; the last layer is linear.

    Reference:
        Goodfellow et al. (2013), Maxout networks. https://arxiv.org/abs/1302.4389

    Arguments:
        inputs: Shape of one input.
        outputs: Shape of one output.
        context: Width of the context vector; 0 for none.
        widths: Units of each hidden layer.
        pieces: Linear pieces of a unit.
    """

    def __init__(
        self,
        inputs: Shape = (2,),
        outputs: Shape = (2,),
        context: int = 0,
        widths: tuple[int, ...] = (200,) * 3,
        pieces: int = 5,
    ) -> None:
        super().__init__()
        self.inputs, self.outputs, self.context = inputs, outputs, context
        self.widths, self.pieces = widths, pieces
        self.prepare()
        sizes = (math.prod(inputs) + context, *widths)
        self.hidden = nn.ModuleList(nn.Linear(a, b * pieces) for a, b in pairwise(sizes))
        self.last = nn.Linear(sizes[-1], math.prod(outputs))

    def compute(self, x: Tensor, context: Tensor | None) -> Tensor:
        h = x.flatten(1) if context is None else torch.cat([x.flatten(1), context], -1)
        for layer in self.hidden:
            h = layer(h).unflatten(-1, (-1, self.pieces)).amax(-1)
        made: Tensor = self.last(h)
        return made.reshape(-1, *self.outputs)
