"""The samples that are nearest to a training example, beside that example, as the memorisation metric found them."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..data.dataset import Dataset
from ..evaluation.base import Measurement, Subject
from ..models.latent import LatentModel

FOUND = "memorisation"


def nearest(
    model: LatentModel, dataset: Dataset, measurements: Iterable[Measurement], seed: int
) -> dict[str, np.ndarray]:
    """near_samples and near_examples, (n, *E), nearest first, and near_distances (n, 2): to that training example and
    to the nearest held-out one; nothing where it was not measured. The samples are drawn again, by the same seed."""
    rows = next((told(m) for m in measurements if m.name == FOUND and m.value is not None), [])
    if not rows:
        return {}
    subject = Subject(model, "", dataset, seed)
    made = subject.drawn[[row["sample"] for row in rows]]
    known = subject.real("train", max(row["training_example"] for row in rows) + 1)
    return {
        "near_samples": made.float().numpy(),
        "near_examples": known[[row["training_example"] for row in rows]].float().numpy(),
        "near_distances": np.array([[row["distance"], row["to_test"]] for row in rows]),
    }


def told(measurement: Measurement) -> list[dict[str, Any]]:
    """The pairs in the details of the measurement: those of the extractor behind its value."""
    details = measurement.details
    found: list[dict[str, Any]] = details.get("by_extractor", {}).get(details.get("extractor"), {}).get("nearest", [])
    return found
