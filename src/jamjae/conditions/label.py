"""The label of an example: a class or a number."""

from typing import Any

import torch
from torch import Tensor
from torch.distributions import Categorical
from torch.nn.functional import one_hot

from ..core.catalogue import build
from ..core.errors import DataError, require
from ..core.event import Event
from ..core.shapes import full, missing
from ..networks.base import Network
from .base import Condition

GRID = 1001  # points at which the distribution of a number is remembered


class Label(Condition):
    r"""Context of a label y: a class as one-hot vector, a number as (standard score, 1); zeros where it is missing.

        c(y) = e_y for classes,   c(y) = ((y - mean) / deviation, 1) for numbers

    With a `classifier` the model tells the class of an example itself, q(y | x) = softmax(classifier(x)); an objective
    has to train it (`m2`). Where a label is missing, an example is then encoded and restored under its most probable
    class.

    Reference:
        Sohn, Lee and Yan (2015), Learning structured output representation using deep conditional generative models.
        https://papers.nips.cc/paper/5775

    Arguments:
        labels: Number of classes; 0 for a number. Filled from the data.
        classifier: Network from an example to the logits of its classes; None: labels must be given.

    Example:
        >>> Label(3)(torch.tensor([2, -1])).tolist()
        [[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    """

    quantiles: Tensor
    frequencies: Tensor
    scale: Tensor

    def __init__(self, labels: int = 2, classifier: Network | None = None) -> None:
        super().__init__()
        require(labels >= 0, "`labels` must be at least 0 (0 for a number)", labels)
        if classifier is not None:
            rule = "`classifier` needs labels that are classes"
            require(labels >= 1, rule, "numbers", "Leave --condition.classifier out.")
        self.labels, self.classifier = labels, classifier
        self.register_buffer("frequencies", torch.full((labels,), 1.0 / max(labels, 1)))
        self.register_buffer("quantiles", torch.zeros(0 if labels else GRID))
        self.register_buffer("scale", torch.tensor([0.0, 1.0]))  # mean and deviation

    @property
    def width(self) -> int:
        return self.labels or 2

    def forward(self, y: Tensor) -> Tensor:
        if self.labels:
            found = one_hot(self._classes(y).clamp(min=0), self.labels).to(self.scale)
        else:
            score = (y.to(self.scale) - self.scale[0]) / self.scale[1]
            found = torch.stack([score, torch.ones_like(score)], -1)
        return torch.where(self._gone(y)[..., None], 0.0, found)

    @classmethod
    def inner(cls, known: dict[str, Any]) -> dict[str, Any]:
        event = known.get("event")
        return {} if event is None else {"event": event, "inputs": event.shape, "outputs": (max(1, known["labels"]),)}

    def initialise(self, x: Tensor) -> None:
        if self.classifier is not None:
            self.classifier.initialise(x)

    def infer(self, x: Tensor) -> Categorical:
        if self.classifier is None:
            return super().infer(x)
        logits = full(self.classifier(x))
        return Categorical(logits=logits, validate_args=False)

    def _gone(self, y: Tensor) -> Tensor:
        return missing(y) if self.labels else y.isnan()

    def _classes(self, y: Tensor) -> Tensor:
        if y.is_floating_point():
            raise DataError(f"labels must be class numbers, 0 to {self.labels - 1} (-1 where unknown), not {y.dtype}.")
        return y.long()

    @torch.no_grad()
    def learn(self, y: Tensor) -> None:
        known = y[~self._gone(y)]
        if not len(known):
            raise DataError("no training example has a label to condition on. Leave --condition out, or pass labels.")
        if self.labels:
            self.frequencies.copy_(torch.bincount(self._classes(known), minlength=self.labels) / len(known))
        else:
            spread = known.double().std(correction=0)
            self.scale.copy_(torch.stack([known.double().mean(), spread if spread > 0 else torch.ones_like(spread)]))
            shares = torch.linspace(0, 1, GRID, dtype=torch.float64, device=known.device)
            self.quantiles.copy_(torch.quantile(known.double(), shares))

    def nothing(self, n: int) -> Tensor:
        device = self.scale.device
        return torch.full((n,), -1, device=device) if self.labels else torch.full((n,), torch.nan, device=device)

    def draw(self, n: int) -> Tensor:
        if self.labels:
            return torch.multinomial(self.frequencies, n, replacement=True)
        return self._quantile(torch.rand(n, device=self.quantiles.device))

    def _quantile(self, share: Tensor) -> Tensor:
        at = share * (GRID - 1)
        low = at.long().clamp(max=GRID - 2)
        return torch.lerp(self.quantiles[low], self.quantiles[low + 1], at - low)

    def typical(self, most: int) -> Tensor:
        """The most frequent classes; of numbers, evenly spaced quantiles."""
        if self.labels:
            seen = int((self.frequencies > 0).sum())
            return self.frequencies.argsort(descending=True, stable=True)[: min(most, seen)].sort().values
        steps = torch.arange(most, device=self.quantiles.device)
        return self._quantile((steps + 0.5) / most).unique()

    def between(self, a: Tensor, b: Tensor, share: Tensor) -> Tensor:
        """The label of the nearer end; of numbers, the value in between."""
        return torch.where(share < 0.5, a, b) if self.labels else torch.lerp(a, b, share)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(10)
        yield cls(0)
        yield build(
            cls, {"name": cls.name(), "classifier": {"name": "mlp", "widths": (5,)}}, labels=3, event=Event((4,))
        )
