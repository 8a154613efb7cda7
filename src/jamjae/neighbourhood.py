"""Which examples of a run's data have the codes nearest to those of other examples."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from . import passes
from .coding import of_split, seen
from .core.errors import require
from .data.labels import named
from .data.read import find_like
from .kept import Kept


@dataclass(frozen=True)
class Neighbours:
    """The nearest examples of every query, nearest first.

    Arguments:
        rows: Their row numbers in the run's data, (n, k).
        distances: Euclidean distances of their codes from that of the query, (n, k), rising.
        labels: Their labels as text, n lists of k, empty where unknown; None without labels.
    """

    rows: np.ndarray
    distances: np.ndarray
    labels: list[list[str]] | None

    def __len__(self) -> int:
        return len(self.rows)

    def columns(self) -> dict[str, list[Any]]:
        """A row for each pair: query, rank (1 is the nearest), row, distance, and label where there are labels."""
        n, k = self.rows.shape
        found = {
            "query": np.repeat(np.arange(n), k).tolist(),
            "rank": np.tile(np.arange(1, k + 1), n).tolist(),
            "row": self.rows.flatten().tolist(),
            "distance": self.distances.flatten().tolist(),
        }
        return found if self.labels is None else found | {"label": [label for one in self.labels for label in one]}


def nearest(run: Kept, source: Any, k: int = 5, split: str = "train", labels: Any = None) -> Neighbours:
    """See `Run.neighbours`.

    Example:
        >>> import tempfile
        >>> from jamjae import fit
        >>> run = fit("ae", "digits", latent=2, epochs=1, runs=tempfile.mkdtemp())
        >>> found = nearest(run, run.dataset.scaled(run.dataset.rows("train")[:3]), k=2)
        >>> found.rows.shape, len(found.labels), found.columns()["rank"]
        ((3, 2), 3, [1, 2, 1, 2, 1, 2])
    """
    rows = run.dataset.rows(split)
    require(1 <= k <= len(rows), f"`k` must be 1 to {len(rows)}, the size of the {split} split", k, "Pass k=5.")
    known = of_split(run, split)
    x, y = seen(run, find_like(source, run.model.event, labels, run.form))
    codes = passes.encoded(run.model, x, y).reshape(len(x), -1)
    from sklearn.neighbors import NearestNeighbors  # slow to import, and needed here only

    distances, places = NearestNeighbors(n_neighbors=k).fit(known).kneighbors(codes)
    found = rows.numpy()[places]
    if run.dataset.y is None:
        return Neighbours(found, distances, None)
    names = named(run.dataset.y[found.flatten()], run.dataset.classes)
    return Neighbours(found, distances, [names[i : i + k] for i in range(0, len(names), k)])
