"""The verbs: fit, load, and everything a run can do afterwards.

A run is a folder; `Run` reads it. The command line has the same verbs with the same options.
"""

import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor

from . import __version__, data, evaluation, recipes
from .core.catalogue import build, convert
from .core.component import Component, flat
from .core.errors import Damaged, DataError, Undefined, UsageError, require
from .core.files import read_json, sweep, write_bytes, write_json
from .core.seeds import generator, isolated
from .core.shapes import Shape
from .data.dataset import Dataset
from .models.latent import LatentModel
from .objectives.base import Objective
from .training import Outcome, Settings, checkpoint, folder
from .training import fit as train
from .training.display import Display
from .training.journal import read_rows
from .training.support import check_support

FEWEST_STEPS = 3000
DATA_OPTIONS = ("binarise", "labels", "validation", "test")


def fit(
    recipe: str = "vae",
    source: Any = "digits",
    *,
    latent: int | str | Sequence[int] | None = None,
    name: str | None = None,
    runs: str | Path = "runs",
    like: "str | Path | Run | None" = None,
    display: Display | None = None,
    **options: Any,
) -> "Run":
    """Fit a recipe to data, in a new run folder.

    Arguments:
        recipe: A name from `jamjae list recipes`.
        source: A built-in data set, a path, an array or a pair (x, labels); see `data.read`.
        latent: Number of latent axes (or a shape); None: what suits the data.
        name: Name of the run folder without its number; None: data and recipe.
        runs: Where runs go.
        like: An earlier run whose options are the starting point.
        display: Who watches; None: nobody.
        options: Of the fit (`epochs`, `lr`, ...; see `training.Settings`), of the data (`binarise`, `labels`, `validation`,
            `test`), and of the parts: `prior="mixture"`, `objective__beta=4`, `{"prior.components": 10}`.

    Raises:
        UsageError: For unknown names or values of the wrong type, with the nearest spelling.
        DataError: For data that cannot be read or that the likelihood cannot take.

    Example:
        >>> import tempfile
        >>> run = fit("vae", "digits", latent=2, epochs=1, runs=tempfile.mkdtemp())
        >>> run.sample(4).shape
        (4, 8, 8, 1)
    """
    start = _start(like, runs)
    options = {**start, **{k.replace("__", "."): v for k, v in options.items()}}
    latent = start.get("latent") if latent is None else latent
    options.pop("latent", None)
    kinds = _sorted_out(options)
    dataset = data.read(source, seed=int(kinds["settings"].get("seed", 0)), **kinds["data"])
    choice = recipes.override(recipes.find(recipe)(dataset.event), kinds["parts"])
    settings = _settings({**choice.fit, **kinds["settings"]}, dataset)
    shape = recipes.default_latent(dataset.event) if latent is None else _shape(latent)
    with isolated(settings.seed, "build"):
        model, objective = recipes.assemble(choice, dataset.event, shape)
    display = display or Display()
    if warning := check_support(dataset, model.likelihood):
        display.warn(warning)
    spec = _spec(recipe, kinds, source, dataset, settings, shape, model, objective)
    path = folder.create(Path(runs), name or f"{_slug(dataset.name)}-{recipe}")
    write_json(path / folder.SPEC, {**spec, "name": path.name})
    return _train(Run(path, dataset), model, objective, settings, display)


def load(run: str | Path, source: Any = None, *, runs: str | Path = "runs") -> "Run":
    """A run by path, by name or `last`. Runs fitted on an array need it again as `source` for what needs data."""
    path = folder.resolve(run, Path(runs))
    opened = Run(path)
    return opened if source is None else Run(path, opened.matching(source))


def _start(like: "str | Path | Run | None", runs: str | Path) -> dict[str, Any]:
    if like is None:
        return {}
    spec = like.spec if isinstance(like, Run) else folder.read_spec(folder.resolve(like, Path(runs)))
    given = {k: spec["data"][k] for k in DATA_OPTIONS if spec["data"].get(k) is not None}
    return {**spec["settings"], **spec["options"], **given, "latent": spec["latent"]}


def _sorted_out(options: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Options of the data, the parts and the fit, told apart by name."""
    kinds: dict[str, dict[str, Any]] = {"data": {}, "parts": {}, "settings": {}}
    for key, value in options.items():
        kind = "data" if key in DATA_OPTIONS else "parts" if key.split(".")[0] in recipes.PARTS else "settings"
        kinds[kind][key] = flat(value) if isinstance(value, Component) else value
    for key in ("validation", "test"):
        if isinstance(kinds["data"].get(key), str):
            kinds["data"][key] = convert(float, kinds["data"][key], key)
    return kinds


def _settings(options: dict[str, Any], dataset: Dataset) -> Settings:
    settings = Settings.read(options)
    rows = len(dataset.rows("train"))
    if options.get("epochs") is None:
        steps = max(1.0, rows / settings.batch_size)
        settings = settings.but(epochs=max(settings.epochs, ceil(FEWEST_STEPS / steps)))
    return settings.but(threads=settings.threads or torch.get_num_threads())


def _shape(latent: Any) -> Shape:
    latent = (latent,) if isinstance(latent, int) else latent
    shape: Shape = convert(tuple[int, ...], latent, "latent")
    require(len(shape) > 0, "`latent` must have at least one axis", latent, "Pass latent=2.")
    return shape


def _slug(name: str) -> str:
    kept = "".join(c if c.isalnum() or c in "-_" else "-" for c in Path(name).name.split(".")[0])
    return kept.strip("-") or "data"


def _spec(
    recipe: str,
    kinds: dict[str, dict[str, Any]],
    source: Any,
    dataset: Dataset,
    settings: Settings,
    latent: Shape,
    model: LatentModel,
    objective: Objective,
) -> dict[str, Any]:
    return {
        "format": folder.FORMAT,
        "jamjae": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "recipe": recipe,
        "options": kinds["parts"],
        "latent": list(latent),
        "settings": settings.to_json(),
        "data": {
            "name": dataset.name,
            "source": str(source) if isinstance(source, (str, Path)) else None,
            **{k: v if isinstance(v, (str, int, float)) else None for k, v in kinds["data"].items()},
            "binarise": dataset.binarise,
            "fingerprint": dataset.fingerprint,
            "event": flat(dataset.event),
        },
        "model": model.spec(),
        "objective": objective.spec(),
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "machine": platform.machine()},
    }


def _train(run: "Run", model: LatentModel, objective: Objective, settings: Settings, display: Display) -> "Run":
    torch.set_num_threads(settings.threads)
    with folder.locked(run.folder):
        outcome = train(model, objective, run.dataset, settings, run.folder, display)
        if outcome.reason != "interrupted":
            run.keep(model, outcome)
    run.outcome = outcome
    return run


class Run:
    """A run folder and what can be done with it.

    Arguments:
        path: The folder.
        dataset: Its data, where it is at hand; otherwise it is read again from its source when needed.

    Example:
        >>> import tempfile
        >>> run = fit("ae", "digits", latent=2, epochs=1, runs=tempfile.mkdtemp())
        >>> run.encode("digits").shape, Run(run.folder).spec["recipe"]
        ((1797, 2), 'ae')
    """

    outcome: Outcome | None = None

    def __init__(self, path: str | Path, dataset: Dataset | None = None) -> None:
        self.folder = Path(path)
        self.spec = folder.read_spec(self.folder)
        if dataset is not None:
            self.dataset = dataset

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r})"

    # -- what it is made of --------------------------------------------------------------------------------------

    @cached_property
    def dataset(self) -> Dataset:
        """The data it was fitted on; its fingerprint must be the same.

        Raises:
            UsageError: If the run was fitted on an array, which cannot be read again.
            DataError: If the data has changed.
        """
        source = self.spec["data"]["source"]
        if source is None:
            raise UsageError(f"{self.folder} was fitted on an array; pass it again: jj.load(folder, x).")
        return self.matching(source)

    def matching(self, source: Any) -> Dataset:
        """Read `source` under the run's options and check that it is the same data."""
        saved = self.spec["data"]
        options = {k: saved[k] for k in DATA_OPTIONS if saved.get(k) is not None}
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
        model = build(LatentModel, self.spec["model"])
        try:
            model.load_state_dict(self._weights())
        except RuntimeError as error:
            raise Damaged(f"the weights of {self.folder} do not fit its spec: {error}") from None
        return model.eval()

    def _weights(self) -> dict[str, Tensor]:
        path, result = self.folder / "weights.safetensors", self.folder / "result.json"
        if not result.is_file():
            return self._unfinished()
        content = path.read_bytes() if path.is_file() else b""
        if sha256(content).hexdigest() != read_json(result)["weights_sha256"]:
            raise Damaged(f"{path} does not match its recorded SHA-256; `jamjae resume` writes it again.")
        return load_tensors(content)

    def _unfinished(self) -> dict[str, Tensor]:
        found = checkpoint.newest(self.folder / "checkpoints", _loudly)
        if found is None:
            raise UsageError(f"{self.folder} has no weights yet; `jamjae resume {self.folder.name}` trains it.")
        tensors = found[1]
        group = next(g for g in ("best", "ema", "weights") if any(k.startswith(f"{g}/") for k in tensors))
        start = f"{group}/model."
        return {k.removeprefix(start): v for k, v in tensors.items() if k.startswith(start)}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What training logged, one dictionary a row."""
        return read_rows(self.folder / "metrics.jsonl")

    @property
    def result(self) -> dict[str, Any]:
        """How training ended; empty while it has not."""
        path = self.folder / "result.json"
        return read_json(path) if path.is_file() else {}

    def keep(self, model: LatentModel, outcome: Outcome) -> None:
        """Write the final weights and how they came about."""
        content = save_tensors({k: v.cpu().contiguous().clone() for k, v in model.state_dict().items()})
        write_bytes(self.folder / "weights.safetensors", content)
        rollbacks = sum(row["event"] == "rollback" for row in self.rows)
        result = {"weights_sha256": sha256(content).hexdigest(), "reason": outcome.reason, "step": outcome.step}
        write_json(
            self.folder / "result.json", {**result, "seconds": round(outcome.seconds, 3), "rollbacks": rollbacks}
        )
        write_bytes(self.folder / "README.md", self._readme().encode())
        self.__dict__.pop("model", None)

    def _readme(self) -> str:
        name, recipe, dataset = self.folder.name, self.spec["recipe"], self.spec["data"]["name"]
        return (
            f"# {name}\n\n`{recipe}` fitted to `{dataset}` with jamjae {self.spec['jamjae']}.\n\n"
            f"    jamjae evaluate {name}\n    jamjae report {name}\n    jamjae sample {name} 64\n\n"
            "`spec.json` says what it is, `weights.safetensors` holds the weights, `metrics.jsonl` the training log.\n"
        )

    # -- the verbs -----------------------------------------------------------------------------------------------

    def resume(self, display: Display | None = None, **changes: Any) -> "Run":
        """Go on from the last checkpoint, bit for bit as if never stopped; `epochs=50` trains a finished run further."""
        settings = Settings.read({**self.spec["settings"], **changes})
        if changes:
            self.spec = {**self.spec, "settings": settings.to_json()}
            write_json(self.folder / folder.SPEC, self.spec)
        sweep(self.folder)
        model = build(LatentModel, self.spec["model"])
        objective = build(Objective, self.spec["objective"])
        return _train(self, model, objective, settings, display or Display())

    @torch.no_grad()
    def sample(self, n: int = 64, *, noise: bool = False, seed: int = 0) -> np.ndarray:
        """n examples from z ~ p(z), (n, *event); with `noise` drawn from p(x | z) instead of its point."""
        require(n >= 1, "`n` must be at least 1", n, "Pass n=64.")
        with isolated(seed, "sample"):
            return self.model.sample(n, noise=noise).numpy()

    @torch.no_grad()
    def encode(self, source: Any, *, deviation: bool = False) -> Any:
        """Codes of the examples in `source`, (n, *latent); with `deviation` a pair (mean, standard deviation)."""
        parts = [(self._posterior().point(q), q.variance.sqrt()) for q in map(self.model.encode, self._chunks(source))]
        means, deviations = (torch.cat(p).numpy() for p in zip(*parts, strict=True))
        return (means, deviations) if deviation else means

    def _posterior(self) -> Any:
        if self.model.posterior is None:
            raise Undefined("this model only generates: it has no posterior")
        return self.model.posterior

    @torch.no_grad()
    def decode(self, z: Any) -> np.ndarray:
        """Pictures of codes z (n, *latent), (n, *event)."""
        z = torch.as_tensor(np.asarray(z), dtype=torch.float32)
        latent = tuple(self.spec["latent"])
        require(
            z.ndim == 1 + len(latent) and tuple(z.shape[1:]) == latent,
            f"`z` must have shape (n, {latent[0]})",
            tuple(z.shape),
        )
        return torch.cat([self.model.likelihood.point(self.model.decode(c)) for c in z.split(1000)]).numpy()

    @torch.no_grad()
    def reconstruct(self, source: Any) -> np.ndarray:
        """The examples in `source` through the code and back, (n, *event)."""
        return torch.cat([self.model.reconstruct(x) for x in self._chunks(source)]).numpy()

    @torch.no_grad()
    def interpolate(self, a: int = 0, b: int = 1, *, steps: int = 10) -> np.ndarray:
        """Pictures along the straight line between the codes of test examples a and b, (steps, *event)."""
        require(steps >= 2, "`steps` must be at least 2", steps, "Pass steps=10.")
        rows = self.dataset.rows("test")
        for name, index in (("a", a), ("b", b)):
            require(0 <= index < len(rows), f"`{name}` must be a test example, 0 to {len(rows) - 1}", index)
        x = self.dataset.take(rows[[a, b]], generator(0, "binarise", "test"))
        ends = self._posterior().point(self.model.encode(x))
        along = torch.linspace(0, 1, steps).reshape(-1, *(1 for _ in ends.shape[1:]))
        return self.model.likelihood.point(self.model.decode(torch.lerp(ends[:1], ends[1:], along))).numpy()

    def _chunks(self, source: Any, size: int = 1000) -> list[Tensor]:
        return list(data.like(source, self.model.event, self.spec["data"]["binarise"]).split(size))

    def evaluate(
        self,
        metrics: Sequence[str] | None = None,
        *,
        samples: int = 1000,
        limit: int | None = None,
        progress: Any = None,
    ) -> dict[str, Any]:
        """Measure the run on its test split and write evaluation.json; name -> Measurement."""
        subject = evaluation.Subject(
            self.model, self.spec["objective"]["name"], self.dataset, self.settings.seed, samples, limit, progress
        )
        found = evaluation.evaluate(subject, metrics)
        path = self.folder / "evaluation.json"
        before = read_json(path) if path.is_file() else {}
        write_json(path, {**before, **{k: m.to_json() for k, m in found.items()}})
        return found

    def report(
        self, path: str | Path | None = None, *others: "Run", samples: int = 100, limit: int | None = 1000
    ) -> Path:
        """One self-contained HTML file about this run (and others beside it); default: report.html in the run folder."""
        from . import report

        facts = [r._facts(samples, limit) for r in (self, *others)]
        target = self.folder / "report.html" if path is None else Path(path)
        report.write(facts, target)
        return target

    def _facts(self, samples: int, limit: int | None) -> Any:
        from . import report

        path = self.folder / "evaluation.json"
        if path.is_file():
            measured = {k: evaluation.Measurement(**v) for k, v in read_json(path).items()}
        else:
            measured = self.evaluate(samples=samples, limit=limit)
        return report.gather(self.model, self.dataset, self.rows, measured, self.spec, self.settings.seed)


def _loudly(text: str) -> None:
    import warnings

    warnings.warn(text, stacklevel=2)
