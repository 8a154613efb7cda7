"""Similarity: a critic whose features measure how alike two examples are."""

from typing import Any, ClassVar

from torch import Tensor, nn
from torch.nn.functional import layer_norm, leaky_relu

from ..core.catalogue import build
from ..core.errors import require
from ..core.shapes import Shape, full
from ..networks.base import Network
from .base import Critic


class Similarity(Critic):
    r"""score = w' phi(x) + b with phi = leaky(normalised(network(x, context))): features that tell real from made.

    Two pictures whose pixels are shifted against each other are far apart as pixels and near each other in phi. The
    features of every example are brought to mean 0 and variance 1 before the leaky unit (where the paper normalises
    over the batch), so that no critic can change what a distance in phi is worth.

    Reference:
        Larsen et al. (2016), Autoencoding beyond pixels using a learned similarity metric.
        https://arxiv.org/abs/1512.09300

    Arguments:
        network: Gives the features.
        inputs: Shape of what is judged.
        context: Width C of the context vector; 0 for none.
        width: Number of features, >= 2.

    Example:
        >>> import torch
        >>> critic = build(Critic, {"name": "similarity", "width": 16}, inputs=(3,))
        >>> critic(torch.zeros(8, 3)).shape, critic.features(torch.zeros(8, 3)).shape
        (torch.Size([8]), torch.Size([8, 16]))
    """

    parts: ClassVar[dict[str, Any]] = {"network": {"name": "mlp"}}

    def __init__(self, network: Network, inputs: Shape = (2,), context: int = 0, width: int = 128) -> None:
        super().__init__()
        require(width >= 2, "`width` must be at least 2", width, "Pass width=128.")
        self.network, self.inputs, self.context, self.width = network, inputs, context, width
        self.head = nn.Linear(width, 1)

    @classmethod
    def inner(cls, known: dict[str, Any]) -> dict[str, Any]:
        return {"inputs": known["inputs"], "outputs": (known["width"],), "context": known["context"]}

    def initialise(self, x: Tensor) -> None:
        self.network.initialise(x)

    def features(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        found = full(self.network(x, context))
        return leaky_relu(layer_norm(found, found.shape[-1:]), 0.2)

    def score(self, packs: Tensor, context: Tensor | None = None) -> Tensor:
        scores: Tensor = self.head(self.features(packs, context))
        return full(scores)[..., 0]

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        small = {"name": "mlp", "widths": (8,), "activation": "tanh"}
        for inputs, context in (((4,), 0), ((3, 2, 1), 2)):
            yield build(Critic, {"name": cls.name(), "network": small, "width": 5}, inputs=inputs, context=context)
