"""A run folder as it was kept: spec, data, settings, weights, log."""

import math
from functools import cached_property
from pathlib import Path
from typing import Any

from torch import Tensor

from . import data, passes, store
from .core.catalogue import build
from .core.errors import Damaged, DataError, UsageError
from .core.seeds import isolated
from .data.dataset import Dataset
from .data.forms import Form, revive
from .data.read import exists
from .evaluation import Subject
from .models.latent import LatentModel
from .plan import DATA_OPTIONS
from .training import Settings, folder
from .training.journal import read_rows


def weight(objective: dict[str, Any]) -> float:
    """Weight of the rate against the distortion in training."""
    distortion = objective.get("distortion", 1.0)
    return float(objective.get("beta", 1.0) / distortion) if distortion else math.inf


class Kept:
    """What a run folder holds, read when it is asked for; reading changes nothing in the folder.

    Arguments:
        path: The folder.
        dataset: Its data, where it is at hand; otherwise it is read again from its source when needed.
    """

    def __init__(self, path: str | Path, dataset: Dataset | None = None) -> None:
        self.folder = Path(path)
        self.spec = folder.read_spec(self.folder)
        if dataset is not None:
            self.dataset = dataset

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.folder)!r})"

    @cached_property
    def dataset(self) -> Dataset:
        """The data it was fitted on; its fingerprint must be the same.

        Raises:
            UsageError: If the run was fitted on an array, which cannot be read again.
            DataError: If the data has changed.
        """
        source = self.spec["data"]["source"]
        if source is None:
            raise UsageError(
                f"{self.folder} was fitted on an array; pass it again: jj.load(folder, x), or --data FILE."
            )
        if not exists(source):
            raise DataError(
                f"{source}, the data of {self.folder}, is not there. Pass it: jj.load(folder, x), or --data FILE."
            )
        return self.matching(source)

    def matching(self, source: Any, labels: Any = None) -> Dataset:
        """Read `source` under the run's options and check that it is the same data."""
        saved = self.spec["data"]
        options = {k: saved[k] for k in DATA_OPTIONS if saved.get(k) is not None}
        options |= {} if labels is None else {"labels": labels}
        found = data.read(source, seed=self.spec["settings"]["seed"], **options)
        if found.fingerprint != saved["fingerprint"]:
            raise DataError(f"{saved['name']} has changed since {self.folder} was fitted: its fingerprint differs.")
        return found

    @cached_property
    def settings(self) -> Settings:
        """The options of the fit."""
        return Settings.read(self.spec["settings"])

    @cached_property
    def model(self) -> LatentModel:
        """The fitted model, in evaluation mode, on the CPU.

        Raises:
            Damaged: If the weights do not match their recorded SHA-256 or their spec.
        """
        with isolated("load"):  # weights are drawn before they are read
            model = build(LatentModel, self.spec["model"])
        try:
            model.load_state_dict(store.weights(self.folder))
        except RuntimeError as error:
            raise Damaged(f"the weights of {self.folder} do not fit its spec: {error}") from None
        return model.eval()

    def subject(self, samples: int = 1000, limit: int | None = None, progress: Any = None) -> Subject:
        """The model and its data, as metrics take them."""
        objective = self.spec["objective"]
        name, beta = objective["name"], weight(objective)
        return Subject(self.model, name, self.dataset, self.settings.seed, samples, limit, progress, beta=beta)

    def tested(self, limit: int | None) -> tuple[Tensor, Tensor | None]:
        """The first test examples and their labels; the same bits every time.

        Raises:
            DataError: If it was fitted without a test split.
        """
        if not len(self.dataset.rows("test")):
            raise DataError(
                f"{self.folder} was fitted without a test split (test=0); only named examples can be shown."
            )
        x, y = self.dataset.examples("test", limit, self.settings.seed)
        return x, passes.known(self.model, x, y)

    @cached_property
    def form(self) -> Form | None:
        """How examples come in and go out, where they are no plain numbers; None where they are."""
        return revive(self.spec["data"].get("form"))

    def readable(self, x: Any) -> Any:
        """Examples x (n, *event) as people read them, such as sentences; x itself where they are plain numbers."""
        return x if self.form is None else self.form.readable(x)

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes of the data; none where labels are numbers, or where there are none."""
        return tuple(self.spec["data"].get("classes", ()))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What training logged, one dictionary a row."""
        return read_rows(self.folder / "metrics.jsonl")

    @property
    def result(self) -> dict[str, Any]:
        """How training ended; empty while it has not."""
        return store.result(self.folder)
