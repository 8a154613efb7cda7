"""The verbs: fit, load, and everything a run can do afterwards.

A run is a folder; `Run` reads it. The command line has the same verbs with the same options.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from . import data, evaluation, store
from .core.catalogue import build
from .core.errors import Damaged, DataError, Undefined, UsageError, require
from .core.files import read_json, write_json
from .core.seeds import generator, isolated
from .data.dataset import Dataset
from .data.like import like as examples_like
from .models.latent import LatentModel
from .objectives.base import Objective
from .plan import DATA_OPTIONS, Plan, made, prepare, routing
from .training import Outcome, Settings, folder
from .training import fit as train
from .training.display import Display
from .training.journal import read_rows

CHUNK = 1000  # examples in one pass of a network
CHANGES = ("epochs", "patience", "lr", "lr_schedule", "clip", "device", "threads", "checkpoint_every", "log_every")


def fit(
    recipe: str | None = None,
    source: Any = None,
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
        recipe: A name from `jamjae list recipes`; None: that of `like`, otherwise "vae".
        source: A built-in data set, a path, an array or a pair (x, labels), see `data.read`; None: that of `like`,
            otherwise "digits".
        latent: Number of latent axes (or a shape); None: what suits the data.
        name: Name of the run folder without its number; None: data and recipe.
        runs: Where runs go.
        like: An earlier run whose options are the starting point.
        display: Who watches; None: nobody.
        options: Of the fit (`epochs`, `lr`, ...; see `training.Settings`), of the data (`binarise`, `labels`,
            `validation`, `test`), and of the parts: `prior="mixture"`, `objective__beta=4`, `{"prior.components": 10}`.
            A part may be an object, too: its options count, and the latent shape of a prior or posterior; the other
            sizes come from the data.

    Raises:
        UsageError: For unknown names or values of the wrong type, with the nearest spelling.
        DataError: For data that cannot be read or that the likelihood cannot take.

    Example:
        >>> import tempfile
        >>> run = fit("vae", "digits", latent=2, epochs=1, runs=tempfile.mkdtemp())
        >>> run.sample(4).shape
        (4, 8, 8, 1)
    """
    plan = prepare(recipe, source, latent=latent, like=None if like is None else spec_of(like, runs), **options)
    if plan.warning:
        warnings.warn(plan.warning, stacklevel=2) if display is None else display.warn(plan.warning)
    return begin(plan, name, runs).train(plan.model, plan.objective, display)


def spec_of(run: "str | Path | Run", runs: str | Path = "runs") -> dict[str, Any]:
    """The spec of a run."""
    return run.spec if isinstance(run, Run) else folder.read_spec(folder.resolve(run, Path(runs)))


def begin(plan: Plan, name: str | None = None, runs: str | Path = "runs") -> "Run":
    """The new folder of a planned run, with its spec; nothing is trained yet."""
    if name is not None:
        require(not name.startswith("-"), "`name` must not begin with a dash", name, f"Pass name={name.lstrip('-')!r}.")
    path = folder.create(Path(runs), name or plan.title)
    write_json(path / folder.SPEC, {**plan.spec(), "name": path.name})
    return Run(path, plan.dataset)


def load(run: str | Path, source: Any = None, *, runs: str | Path = "runs") -> "Run":
    """A run by path, by name or `last`. Runs fitted on an array need it again as `source` for what needs data."""
    path = folder.resolve(run, Path(runs))
    opened = Run(path)
    return opened if source is None else Run(path, opened.matching(source))


@contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


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
            raise UsageError(
                f"{self.folder} was fitted on an array; pass it again: jj.load(folder, x), or --data FILE."
            )
        if source not in data.builtin.NAMES and not Path(source).exists():
            raise DataError(
                f"{source}, the data of {self.folder}, is not there. Pass it: jj.load(folder, x), or --data FILE."
            )
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
            model.load_state_dict(store.weights(self.folder))
        except RuntimeError as error:
            raise Damaged(f"the weights of {self.folder} do not fit its spec: {error}") from None
        return model.eval()

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What training logged, one dictionary a row."""
        return read_rows(self.folder / "metrics.jsonl")

    @property
    def result(self) -> dict[str, Any]:
        """How training ended; empty while it has not."""
        return store.result(self.folder)

    # -- the verbs -----------------------------------------------------------------------------------------------

    def train(self, model: LatentModel, objective: Objective, display: Display | None = None) -> "Run":
        """Train in this folder, from its newest checkpoint if there is one, and keep the result."""
        with folder.locked(self.folder), _threads(self.settings.threads):
            outcome = train(model, objective, self.dataset, self.settings, self.folder, display)
            if outcome.reason != "interrupted":
                store.keep(self.folder, self.spec, model, outcome)
                self.__dict__.pop("model", None)
        self.outcome = outcome
        return self

    def resume(self, display: Display | None = None, **changes: Any) -> "Run":
        """Go on from the last checkpoint, bit for bit as if never stopped; `epochs=50` trains a finished run further.

        Raises:
            UsageError: For an option that cannot change under way.
        """
        self._change({k: v for k, v in changes.items() if v is not None})
        if display is not None and self.spec.get("routing", "none") != routing():
            display.warn("this process multiplies matrices otherwise than the one that began: last bits will differ")
        return self.train(*made(self.spec["model"], self.spec["objective"], self.settings.seed), display)

    def _change(self, changes: dict[str, Any]) -> None:
        for name in changes:
            if name not in CHANGES:
                raise UsageError(
                    f"`{name}` cannot change under way ({', '.join(CHANGES)} can); "
                    f"start a new run: jamjae fit --like {self.folder.name}."
                )
        if changes:
            self.settings = Settings.read({**self.spec["settings"], **changes})
            self.spec = {**self.spec, "settings": self.settings.to_json()}
            write_json(self.folder / folder.SPEC, self.spec)

    @torch.no_grad()
    def sample(self, n: int = 64, *, noise: bool = False, seed: int = 0) -> np.ndarray:
        """n examples from z ~ p(z), (n, *event); with `noise` drawn from p(x | z) instead of its point."""
        require(n >= 1, "`n` must be at least 1", n, "Pass n=64.")
        with isolated(seed, "sample"):
            return self.model.sample(n, noise=noise).numpy()

    def encode(self, source: Any, *, deviation: bool = False) -> Any:
        """Codes of the examples in `source`, (n, *latent); with `deviation` a pair (mean, standard deviation)."""
        return self._encoded(self._examples(source), deviation)

    @torch.no_grad()
    def _encoded(self, x: Tensor, deviation: bool = False) -> Any:
        point = self._posterior().point
        parts = [(point(q), q.variance.sqrt()) for q in map(self.model.encode, x.split(CHUNK))]
        means, deviations = (torch.cat(p).numpy() for p in zip(*parts, strict=True))
        return (means, deviations) if deviation else means

    def codes(self, source: Any = None) -> tuple[np.ndarray, list[str] | None]:
        """Codes and labels of all examples in `source`, in their order; None: the run's own data."""
        if source is not None:
            return self.encode(source), _labels(data.read(source))
        own = self.dataset
        x = own.take(torch.arange(len(own)), generator(self.settings.seed, "binarise", "all"))
        return self._encoded(x), _labels(own)

    @torch.no_grad()
    def pairs(self, source: Any = None, limit: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Examples and their reconstructions, (n, *event) each; None: the test split."""
        seed = self.settings.seed
        x = self.dataset.examples("test", limit, seed)[0] if source is None else self._examples(source)[:limit]
        return x.numpy(), torch.cat([self.model.reconstruct(part) for part in x.split(CHUNK)]).numpy()

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
        return torch.cat([self.model.likelihood.point(self.model.decode(c)) for c in z.split(CHUNK)]).numpy()

    def reconstruct(self, source: Any) -> np.ndarray:
        """The examples in `source` through the code and back, (n, *event)."""
        return self.pairs(source)[1]

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

    def _examples(self, source: Any) -> Tensor:
        about = self.spec["data"]
        return examples_like(source, self.model.event, about["binarise"], about["unit"])

    def evaluate(
        self,
        metrics: Sequence[str] | None = None,
        *,
        samples: int = 1000,
        limit: int | None = None,
        progress: Any = None,
    ) -> dict[str, Any]:
        """Measure the run on its test split and write evaluation.json; name -> Measurement."""
        objective = self.spec["objective"]
        subject = evaluation.Subject(
            self.model,
            objective["name"],
            self.dataset,
            self.settings.seed,
            samples,
            limit,
            progress,
            beta=objective.get("beta", 1.0),
        )
        found = evaluation.evaluate(subject, metrics)
        path = self.folder / "evaluation.json"
        before = read_json(path) if path.is_file() else {}
        write_json(path, {**before, **{k: m.to_json() for k, m in found.items()}})
        return found

    def report(
        self, path: str | Path | None = None, *others: "Run", samples: int = 100, limit: int | None = 1000
    ) -> Path:
        """One self-contained HTML file about this run (and others); default: report.html in the run folder."""
        from . import report

        runs = (self, *others)
        told_apart = len({(r.spec["recipe"], r.spec["data"]["name"]) for r in runs}) == len(runs)
        facts = [r._facts(samples, limit, "" if told_apart else r.folder.name) for r in runs]
        target = self.folder / "report.html" if path is None else Path(path)
        report.write(facts, target)
        return target

    def _facts(self, samples: int, limit: int | None, title: str) -> Any:
        from . import report

        path = self.folder / "evaluation.json"
        measured = read_json(path) if path.is_file() else {}
        if missing := [name for name in evaluation.METRICS if name not in measured]:
            found = self.evaluate(missing, samples=samples, limit=limit)
            measured = {name: found[name] if name in found else measured[name] for name in evaluation.METRICS}
        seed, name = self.settings.seed, self.folder.name
        return report.gather(self.model, self.dataset, self.rows, measured, self.spec, seed, title, name)


def _labels(dataset: Dataset) -> list[str] | None:
    if dataset.y is None:
        return None
    names = dict(enumerate(dataset.classes))
    return ["" if y < 0 else names.get(y, str(y)) for y in dataset.y.tolist()]
