"""Encoder and posterior of an earlier run as the start of a new one: their specs, their weights, whether they stay."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from torch import Tensor

from . import store
from .core.component import SIZES
from .core.errors import Damaged, UsageError, require
from .core.event import Event
from .core.shapes import Shape
from .models.latent import LatentModel
from .recipes import Choice
from .training import checkpoint, folder

PARTS = ("encoder", "posterior")
Spec = dict[str, Any]


@dataclass(frozen=True)
class Origin:
    """Where encoder and posterior come from.

    Arguments:
        run: The earlier run's folder.
        spec: Its spec.
        digest: SHA-256 of its weights.
        weights: Those of its encoder and posterior.
        frozen: Whether they stay as they are.
    """

    run: Path
    spec: Spec
    digest: str
    weights: dict[str, Tensor]
    frozen: bool

    def chosen(self, choice: Choice, event: Event, latent: Shape) -> Choice:
        """The choice with this encoder and posterior.

        Raises:
            UsageError: If the recipe has no encoder, or the encoder was made for other data or another latent space.
        """
        made, run = self.spec["model"]["encoder"], self.run
        rule = "`encoder_from` needs a recipe that has an encoder"
        require(choice.encoder is not None, rule, choice.objective["name"], "Choose another one, such as `fit ae`.")
        rule = f"`encoder_from`: the encoder of {run} reads examples of shape {tuple(made['inputs'])}"
        require(event.shape == tuple(made["inputs"]), rule, event.shape, "Choose the data that it was fitted on.")
        rule = f"`latent` must be that of {run}, {tuple(self.spec['latent'])}"
        require(latent == tuple(self.spec["latent"]), rule, latent, "Leave --latent out.")
        return replace(choice, **{part: unsized(self.spec["model"][part]) for part in PARTS})

    def give(self, model: LatentModel) -> None:
        """Hand the weights over.

        Raises:
            UsageError: If the model has a condition that the encoder was not made for, or lacks one.
        """
        assert model.encoder is not None
        told, wanted = self.spec["model"]["condition"], self.spec["model"]["encoder"]["context"]
        rule = f"`condition` must be that of {self.run}, whose encoder is told {wanted} numbers"
        instead = f"Pass --condition {told['name']}." if told else "Leave --condition out."
        require(model.encoder.context == wanted, rule, model.encoder.context, instead)
        model.adopt(self.weights, self.frozen)

    def to_json(self) -> Spec:
        """What spec.json says about it."""
        return {"run": str(self.run), "weights_sha256": self.digest, "freeze": self.frozen}


def find(run: str | Path, runs: str | Path, frozen: bool) -> Origin:
    """The encoder and the posterior of a finished run.

    Raises:
        UsageError: If there is no such run, it has not ended, or it has no encoder.
        Damaged: If its weights do not match their recorded SHA-256.
    """
    path = folder.resolve(run, Path(runs))
    spec, ended = folder.read_spec(path), store.result(path)
    require(bool(ended), f"`encoder_from` {path} must have ended", "unfinished", f"First: jamjae resume {path.name}.")
    encoder = spec["model"]["encoder"]
    require(encoder is not None, f"`encoder_from` {path} must have an encoder", spec["recipe"], "Choose another run.")
    own = {k: v for k, v in store.weights(path).items() if k.split(".")[0] in PARTS}
    return Origin(path, spec, ended["weights_sha256"], own, frozen)


def free(options: Iterable[str]) -> None:
    """Refuse options of the parts that an earlier run decides."""
    for name in options:
        if name.split(".")[0] in PARTS:
            raise UsageError(f"`{name}`: the earlier run decides it. Leave --{name} out, or --encoder-from.")


def again(spec: Mapping[str, Any], path: Path, model: LatentModel) -> None:
    """The same for a run that goes on: from the first checkpoint on the weights are in there, and only freezing counts.

    Raises:
        UsageError: If there is no checkpoint yet and the earlier run is gone.
        Damaged: If it has other weights by now.
    """
    about = spec.get("encoder_from")
    if about is None:
        return
    if checkpoint.steps(path / "checkpoints"):
        model.adopt({}, about["freeze"])
        return
    found = find(about["run"], ".", about["freeze"])
    if found.digest != about["weights_sha256"]:
        raise Damaged(f"{found.run} has other weights than when {path} was begun. Start again with `jamjae fit`.")
    found.give(model)


def unsized(spec: Any) -> Any:
    """A spec without the sizes that the data and `latent` decide."""
    if isinstance(spec, dict):
        return {k: unsized(v) for k, v in spec.items() if k not in SIZES}
    return [unsized(v) for v in spec] if isinstance(spec, list) else spec
