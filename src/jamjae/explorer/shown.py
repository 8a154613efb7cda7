"""A run as the page sees it: what it is, and its log."""

import json
from collections.abc import Mapping
from typing import Any

from ..run import Run
from .server import Answer


class Shown:
    """Answers questions about a run in bytes; HTTP is not its business."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.name: str = run.folder.name

    def get(self, part: str, query: Mapping[str, str]) -> Answer:
        """A part of the run.

        Raises:
            KeyError: For one that does not exist.
        """
        return as_json({"about": self.about, "log": self.log}[part]())

    def call(self, verb: str, body: Mapping[str, Any]) -> Answer:
        """What a verb makes of values; so far there is none, so always KeyError."""
        raise KeyError(verb)

    def about(self) -> dict[str, Any]:
        """Name, recipe, data and latent shape."""
        spec = self.run.spec
        return {"name": self.name, "recipe": spec["recipe"], "data": spec["data"]["name"], "latent": spec["latent"]}

    def log(self) -> list[dict[str, Any]]:
        """The rows of training."""
        return self.run.rows


def as_json(value: Any) -> Answer:
    """JSON, without numbers that it does not have."""
    return Answer(json.dumps(value, allow_nan=False).encode(), "application/json")
