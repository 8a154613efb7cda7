"""From names and options to everything a fit needs: data, parts, settings. Nothing is trained or written."""

import platform
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import Any

import torch

from . import __version__, data, recipes
from .core.catalogue import build, convert
from .core.component import SIZES, Component, flat
from .core.errors import UsageError, require
from .core.seeds import isolated
from .core.shapes import Shape
from .data.dataset import Dataset
from .models.latent import LatentModel
from .objectives.base import Objective
from .training import Settings, folder
from .training.optimisers import make
from .training.support import check_support

FEWEST_STEPS = 3000  # without `epochs`, small data gets as many passes as it takes
DATA_OPTIONS = ("binarise", "labels", "validation", "test")
Options = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """A fit that is ready to start.

    Arguments:
        recipe: Name of the recipe.
        source: Where the data comes from.
        options: What was chosen, by kind: "data", "parts", "settings".
        dataset: The data.
        latent: Shape of the latent space.
        settings: How to train.
        model: The model, before its first step.
        objective: What training minimises.
        warning: What the likelihood says about the data; empty when all is well.
    """

    recipe: str
    source: Any
    options: dict[str, Options]
    dataset: Dataset
    latent: Shape
    settings: Settings
    model: LatentModel
    objective: Objective
    warning: str

    @property
    def steps_per_epoch(self) -> float:
        """Batches in one pass over the training split."""
        rows = len(self.dataset.rows("train"))
        return rows / min(self.settings.batch_size, rows)

    @property
    def steps(self) -> int:
        """Batches in all, if nothing stops earlier."""
        return ceil(self.settings.epochs * self.steps_per_epoch)

    @property
    def parameters(self) -> int:
        """Numbers that are learned, the objective's own included."""
        return sum(p.numel() for part in (self.model, self.objective) for p in part.parameters())

    @property
    def title(self) -> str:
        """Name of the run folder, without its number."""
        return f"{slug(self.dataset.name)}-{self.recipe}"

    def spec(self) -> Options:
        """The content of spec.json."""
        seen, given = self.dataset, self.options["data"]
        about = {
            "name": seen.name,
            "source": str(self.source) if isinstance(self.source, (str, Path)) else None,
            **{k: v if isinstance(v, (str, int, float)) else None for k, v in given.items()},
            "binarise": seen.binarise,
            "unit": seen.unit,
            "fingerprint": seen.fingerprint,
            "event": flat(seen.event),
        }
        return {
            "format": folder.FORMAT,
            "jamjae": __version__,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "recipe": self.recipe,
            "options": self.options["parts"],
            "latent": list(self.latent),
            "seed": self.settings.seed,
            "settings": self.settings.to_json(),
            "data": about,
            "model": self.model.spec(),
            "objective": self.objective.spec(),
            "routing": routing(),
            "versions": {
                "python": platform.python_version(),
                "torch": torch.__version__,
                "machine": platform.machine(),
            },
        }


def prepare(
    recipe: str | None = None,
    source: Any = None,
    *,
    latent: Any = None,
    like: Mapping[str, Any] | None = None,
    **options: Any,
) -> Plan:
    """Read the data, choose the parts and build the model.

    Arguments:
        recipe: Name of the recipe; None: that of `like`, otherwise "vae".
        source: The data, see `data.read`; None: that of `like`, otherwise "digits".
        latent: Number of latent axes, or a shape; None: what suits the data.
        like: The spec of an earlier run as the starting point.
        options: Of the data, the parts and the fit; see `fit`.
    """
    base = {} if like is None else chosen(like)
    given = {k.replace("__", "."): v for k, v in options.items() if v is not None}
    merged = layered(base, {"recipe": recipe, "data": source, "latent": latent, **given})
    recipe, source = merged.pop("recipe", "vae"), merged.pop("data", "digits")
    latent = _latent(merged.pop("latent", None), merged)
    kinds = by_kind(merged)
    make = recipes.find(recipe)
    dataset = data.read(source, seed=convert(int, kinds["settings"].get("seed", 0), "seed"), **kinds["data"])
    choice = recipes.override(make(dataset.event), kinds["parts"])
    settings = _settings({**choice.fit, **kinds["settings"]}, dataset)
    shape = recipes.default_latent(dataset.event) if latent is None else latent
    preflight(settings)
    with isolated("sizes"):
        specs = [part.spec() for part in recipes.assemble(choice, dataset.event, shape)]
    model, objective = made(specs[0], specs[1], settings.seed)
    warning = check_support(dataset, model.likelihood)
    return Plan(recipe, source, kinds, dataset, shape, settings, model, objective, warning)


def made(model: Options, objective: Options, seed: int) -> tuple[LatentModel, Objective]:
    """Model and objective of their specs; the same seed gives the same weights, now and whenever the run is resumed."""
    with isolated(seed, "build"):
        return build(LatentModel, model), build(Objective, objective)


def chosen(spec: Mapping[str, Any]) -> Options:
    """The options under which an earlier run was fitted, as `prepare` takes them."""
    about, settings = spec["data"], dict(spec["settings"])
    optimiser = {f"optimiser.{k}": v for k, v in settings.pop("optimiser_options", {}).items()}
    data_options = {k: about[k] for k in DATA_OPTIONS if about.get(k) is not None}
    names = {"recipe": spec["recipe"], "data": about["source"], "latent": spec["latent"]}
    return layered(names, {**settings, **optimiser, **spec["options"], **data_options})


def layered(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> Options:
    """Both, where the upper wins; None counts as not given.

    A part that the upper one renames loses its lower options; under another recipe, all lower parts go.

    Example:
        >>> layered({"prior": "mixture", "prior.components": 5, "lr": 1}, {"prior": "gaussian", "epochs": 2})
        {'lr': 1, 'prior': 'gaussian', 'epochs': 2}
    """
    upper = {k: v for k, v in upper.items() if v is not None}
    dotted = [k for k in lower if "." in k]
    stale = [k for k in upper if any(d.startswith(f"{k}.") for d in dotted) and lower.get(k) != upper[k]]
    if "recipe" in upper and lower.get("recipe") not in (None, upper["recipe"]):
        stale += recipes.PARTS
    below = tuple(f"{name}." for name in stale)
    return {k: v for k, v in lower.items() if v is not None and not f"{k}.".startswith(below)} | upper


def by_kind(options: Mapping[str, Any]) -> dict[str, Options]:
    """Options of the data, the parts and the fit, told apart by name; components become their specs."""
    kinds: dict[str, Options] = {"data": {}, "parts": {}, "settings": {}}
    for key, value in options.items():
        kind = "data" if key in DATA_OPTIONS else "parts" if key.split(".")[0] in recipes.PARTS else "settings"
        kinds[kind][key] = unsized(value.spec()) if isinstance(value, Component) else value
    for key in ("validation", "test"):
        value = kinds["data"].get(key)
        if isinstance(value, str):
            kinds["data"][key] = convert(int if value.strip().isdecimal() else float, value, key)
    return kinds


def unsized(spec: Any) -> Any:
    """A spec without the sizes that the data and `latent` decide."""
    if isinstance(spec, dict):
        return {k: unsized(v) for k, v in spec.items() if k not in SIZES}
    return [unsized(v) for v in spec] if isinstance(spec, list) else spec


def _latent(latent: Any, options: Mapping[str, Any]) -> Shape | None:
    """The latent shape that was asked for: by number, by shape, or by a prior or posterior that has one."""
    shape = None if latent is None else _shape(latent)
    for name in ("prior", "posterior"):
        part = options.get(name)
        if isinstance(part, Component):
            found: Shape = tuple(getattr(part, "latent", shape or ()))
            require(
                shape is None or found == shape, f"`{name}` must have the latent shape {shape}", found, "Leave one out."
            )
            shape = found
    return shape


def _shape(latent: Any) -> Shape:
    shape: Shape = convert(tuple[int, ...], (latent,) if isinstance(latent, int) else latent, "latent")
    require(
        len(shape) > 0 and min(shape) >= 1, "`latent` must have at least one axis", latent, "Pass latent=2 for a map."
    )
    return shape


def _settings(options: Options, dataset: Dataset) -> Settings:
    settings = Settings.read(options)
    if options.get("epochs") is None:
        steps = max(1.0, len(dataset.rows("train")) / settings.batch_size)
        settings = settings.but(epochs=max(settings.epochs, ceil(FEWEST_STEPS / steps)))
    return settings.but(threads=settings.threads or torch.get_num_threads())


def preflight(settings: Settings) -> None:
    """Refuse, before anything is written, a device that is not there and an optimiser that does not exist."""
    try:
        torch.empty(0, device=settings.device)
    except (RuntimeError, AssertionError):  # torch raises either, with a page of text
        raise UsageError(f"`device` {settings.device!r} is not there. Leave --device out to use the CPU.") from None
    with isolated("preflight"):
        make(settings, torch.nn.Linear(1, 1))


def slug(name: str) -> str:
    """A data set's name as part of a folder's name.

    Example:
        >>> slug("내 데이터/숫자 8x8.npy")
        '숫자-8x8'
    """
    stem = unicodedata.normalize("NFC", Path(name).name.split(".")[0])  # macOS hands out decomposed Hangul
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in stem)[:60].strip("-") or "data"


def routing() -> str:
    """How this process computes products of float32 matrices: results depend on it in the last bits."""
    backend = getattr(torch.backends.mkldnn, "matmul", None)
    return str(getattr(backend, "fp32_precision", "none"))
