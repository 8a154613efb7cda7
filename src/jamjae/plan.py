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

from . import __version__, data, origin, recipes
from .core.catalogue import build, convert
from .core.component import Component, flat
from .core.errors import DataError, UsageError, require
from .core.seeds import isolated
from .core.shapes import Shape, missing
from .data.dataset import Dataset
from .data.names import legible
from .data.wish import HINTS, WISHES
from .models.latent import LatentModel
from .objectives.base import Objective
from .origin import Origin, unsized
from .training import Settings, folder
from .training.optimisers import make
from .training.support import check_batch, check_compile, check_patience, check_players, check_support, check_terms

DATA_OPTIONS = ("binarise", "labels", "validation", "test", *WISHES)
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
        origin: Where encoder and posterior come from, if not from here.
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
    origin: Origin | None = None

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
        parts = (self.model, self.objective)
        return sum(p.numel() for part in parts for p in part.parameters() if p.requires_grad)

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
            **{k: v if isinstance(v, (str, int, float, dict)) else None for k, v in given.items()},
            "binarise": seen.binarise,
            "unit": seen.unit,
            "fingerprint": seen.fingerprint,
            "event": flat(seen.event),
            "form": None if seen.form is None else seen.form.spec(),
            "classes": list(seen.classes),
        }
        return {
            "format": folder.FORMAT,
            "jamjae": __version__,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "recipe": self.recipe,
            "options": self.options["parts"],
            "encoder_from": None if self.origin is None else self.origin.to_json(),
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
    runs: str | Path = "runs",
    **options: Any,
) -> Plan:
    """Read the data, choose the parts and build the model.

    Arguments:
        recipe: Name of the recipe; None: that of `like`, otherwise "vae".
        source: The data, see `data.read`; None: that of `like`, otherwise "digits".
        latent: Number of latent axes, or a shape; None: what suits the data.
        like: The spec of an earlier run as the starting point.
        runs: Where an earlier run is looked for.
        options: Of the data, the parts and the fit, `encoder_from` and `freeze`; see `fit`.
    """
    base = {} if like is None else chosen(like)
    given = {k.replace("__", "."): v for k, v in options.items() if v is not None}
    merged = layered(base, {"recipe": recipe, "data": source, "latent": latent, **given})
    earlier = _origin(merged, given, runs)
    recipe, source = merged.pop("recipe", "vae"), merged.pop("data", "digits")
    latent = _latent(merged.pop("latent", None), merged)
    kinds = by_kind(merged)
    make = recipes.find(recipe)
    wishes = {"binarise": "none"} if recipe in recipes.GREY else {}
    seed = convert(int, kinds["settings"].get("seed", 0), "seed")
    recordable(source)
    dataset = data.read(source, seed=seed, **{**wishes, **kinds["data"]})
    choice = recipes.override(make(dataset.event), kinds["parts"])
    settings = _settings({**choice.fit, **kinds["settings"]}, dataset, choice.steps)
    shape = latent or choice.latent or recipes.default_latent(dataset.event)
    choice = choice if earlier is None else earlier.chosen(choice, dataset.event, shape)
    preflight(settings)
    with isolated("sizes"):
        specs = [part.spec() for part in recipes.assemble(choice, dataset.event, shape, _classes(choice, dataset))]
    model, objective = made(specs[0], specs[1], settings.seed)
    if earlier is not None:
        earlier.give(model)
    check_players(settings, objective, objective.players(model))
    check_batch(settings, model, objective, len(dataset.rows("train")))
    check_compile(settings, model, objective)
    check_patience(settings, objective, len(dataset.rows("validation")))
    warning = check_support(dataset, model.likelihood)
    check_terms(dataset, model, objective)
    return Plan(recipe, source, kinds, dataset, shape, settings, model, objective, warning, earlier)


def _origin(merged: Options, given: Options, runs: str | Path) -> Origin | None:
    """Where encoder and posterior come from; their options leave `merged`, and the latent shape joins it."""
    run, freeze = merged.pop("encoder_from", None), convert(bool, merged.pop("freeze", False), "freeze")
    if run is None:
        require(not freeze, "`freeze` needs an encoder from an earlier run", freeze, "Pass --encoder-from RUN, too.")
        return None
    origin.free(given)
    found = origin.find(run, runs, freeze)
    for name in [name for name in merged if name.split(".")[0] in origin.PARTS]:
        del merged[name]
    merged.setdefault("latent", found.spec["latent"])
    return found


def _classes(choice: recipes.Choice, dataset: Dataset) -> int:
    """How many classes a condition has; 0 for labels that are numbers, and without a condition."""
    if choice.condition is None:
        return 0
    known = dataset.y is not None and bool((~missing(dataset.y)).any())
    if not known:
        raise DataError(
            f"`condition` needs labels, and {dataset.name} has none. Pass --labels FILE (in Python labels=..., or a "
            "pair (x, labels)), or leave --condition out."
        )
    return len(dataset.classes)


def made(model: Options, objective: Options, seed: int) -> tuple[LatentModel, Objective]:
    """Model and objective of their specs; the same seed gives the same weights, now and whenever the run is resumed."""
    prior_last = {**{k: v for k, v in model.items() if k != "prior"}, "prior": model["prior"]}
    with isolated(seed, "build"):  # so the other parts start from the same weights with any prior
        return build(LatentModel, prior_last), build(Objective, objective)


def chosen(spec: Mapping[str, Any]) -> Options:
    """The options under which an earlier run was fitted, as `prepare` takes them."""
    about, settings = spec["data"], dict(spec["settings"])
    optimiser = {f"optimiser.{k}": v for k, v in settings.pop("optimiser_options", {}).items()}
    rates = {f"lr.{k}": v for k, v in settings.pop("player_lr", {}).items()}
    data_options = {k: about[k] for k in DATA_OPTIONS if about.get(k) is not None}
    names = {"recipe": spec["recipe"], "data": about["source"], "latent": spec["latent"]}
    earlier = spec.get("encoder_from") or {}
    names |= {"encoder_from": earlier["run"], "freeze": earlier["freeze"]} if earlier else {}
    return layered(names, {**settings, **optimiser, **rates, **spec["options"], **data_options})


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
    for key, hint in HINTS.items():
        if key in kinds["data"]:
            kinds["data"][key] = convert(hint, kinds["data"][key], key)
    return kinds


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


def _settings(options: Options, dataset: Dataset, fewest: int) -> Settings:
    settings = Settings.read(options)
    if options.get("epochs") is None:
        steps = max(1.0, len(dataset.rows("train")) / settings.batch_size)
        settings = settings.but(epochs=max(settings.epochs, ceil(fewest / steps)))
    shuffle = ("blocks" if dataset.mapped else "full") if settings.shuffle == "auto" else settings.shuffle
    return settings.but(threads=settings.threads or torch.get_num_threads(), shuffle=shuffle)


def recordable(source: Any) -> None:
    """Refuse, before anything is read, a path that spec.json cannot hold."""
    path = str(source) if isinstance(source, (str, Path)) else ""
    try:
        path.encode()
    except UnicodeEncodeError:
        rule = "is no UTF-8 text, and spec.json is. Rename the file or its folder."
        raise UsageError(f"the path {legible(path)} {rule}") from None


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
