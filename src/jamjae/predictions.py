"""What a run says of new examples' labels, and how far to trust it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .evaluation import Measurement


@dataclass(frozen=True)
class Predictions:
    """A label for each example, or a number.

    Arguments:
        by: What predicts, in words.
        learned_from: How many labelled training examples it learned from.
        measured: How good it is on the run's test split, and how good simple things are.
        classes: Names of the classes; none where numbers are predicted.
        labels: Names of the predicted classes, (n,); None where numbers are predicted.
        probabilities: Of every class, (n, classes); None where the head gives none.
        values: Predicted numbers, (n,); None where classes are predicted.

    Example:
        >>> found = Predictions("logistic", 9, [], ("cat", "dog"), ["dog"], np.array([[0.2, 0.8]]))
        >>> found.rows()
        [{'row': 0, 'label': 'dog', 'probability': 0.8}]
    """

    by: str
    learned_from: int
    measured: list[Measurement]
    classes: tuple[str, ...] = ()
    labels: list[str] | None = None
    probabilities: np.ndarray | None = field(default=None, repr=False)
    values: np.ndarray | None = field(default=None, repr=False)

    @property
    def probability(self) -> np.ndarray | None:
        """Probability of the predicted class, (n,); None where there are none."""
        if self.probabilities is None or self.labels is None:
            return None
        numbers = [self.classes.index(label) for label in self.labels]
        return np.asarray(self.probabilities[np.arange(len(numbers)), numbers])

    def columns(self) -> dict[str, list[Any]]:
        """The table of predictions by column: row, and label and probability, or value."""
        found: dict[str, list[Any]] = {"row": list(range(len(self)))}
        if self.values is not None:
            return found | {"value": self.values.tolist()}
        sure = self.probability
        return found | {"label": list(self.labels or [])} | ({} if sure is None else {"probability": sure.tolist()})

    def rows(self) -> list[dict[str, Any]]:
        """One dictionary an example, as plain JSON."""
        columns = self.columns()
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def summary(self) -> dict[str, Any]:
        """Everything but the rows, as plain JSON."""
        return {
            "by": self.by,
            "n": len(self),
            "learned_from": self.learned_from,
            "classes": list(self.classes),
            "measured": [m.to_json() for m in self.measured],
        }

    def __len__(self) -> int:
        return len(self.values if self.values is not None else self.labels or [])
