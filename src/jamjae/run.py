"""The verbs: fit, load, and everything a run can do afterwards.

A run is a folder; `Run` reads it. The command line has the same verbs with the same options.
"""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from . import asked, coding, evaluation, examination, generating, imputing, origin, passes, scoring, store, way
from .core.duration import duration
from .core.errors import UsageError, require
from .core.files import read_json, write_json
from .core.seeds import isolated
from .core.threads import threads
from .data.labels import named
from .data.read import find_like
from .diagnosis import Diagnosis, Finding
from .diagnosis import diagnose as ask
from .kept import Kept
from .models.latent import LatentModel
from .neighbourhood import Neighbours, nearest
from .objectives.base import Objective
from .plan import Plan, made, prepare, routing
from .predicting import predicted
from .predictions import Predictions
from .training import Outcome, Settings, folder
from .training import fit as train
from .training.display import Display
from .training.support import check_patience

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
            sizes come from the data. `encoder_from`: a finished run whose encoder and posterior, with their weights,
            are the start; `freeze=True`: they stay as they are.

    Raises:
        UsageError: For unknown names or values of the wrong type, with the nearest spelling.
        DataError: For data that cannot be read or that the likelihood cannot take.

    Example:
        >>> import tempfile
        >>> run = fit("vae", "digits", latent=2, epochs=1, runs=tempfile.mkdtemp())
        >>> run.sample(4).shape
        (4, 8, 8, 1)
    """
    like = None if like is None else spec_of(like, runs)
    plan = prepare(recipe, source, latent=latent, like=like, runs=runs, **options)
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


def load(run: str | Path, source: Any = None, *, labels: Any = None, runs: str | Path = "runs") -> "Run":
    """A run that is there. Nothing but its spec is read until a verb needs it.

    Arguments:
        run: A folder, a name in `runs`, or "last".
        source: Its data again, where it was an array or was moved, for what needs data.
        labels: Its labels again, where they were an array.
        runs: Where runs lie.

    Raises:
        UsageError: If there is no such run, with the nearest name.
        Damaged: If its spec cannot be read or has another format.
        DataError: If `source` is not the data that it was fitted on.

    Example:
        >>> import tempfile
        >>> runs = tempfile.mkdtemp()
        >>> fitted = fit("ae", "digits", latent=2, epochs=1, runs=runs)
        >>> load("last", runs=runs).spec["recipe"]
        'ae'
    """
    path = folder.resolve(run, Path(runs))
    opened = Run(path)
    if source is None and labels is None:
        return opened
    return Run(path, opened.matching(opened.spec["data"]["source"] if source is None else source, labels))


class Run(Kept):
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
    errors: np.ndarray | None = None  # |x - g(z)|^2 of the codes last searched for, where there is no encoder

    def train(self, model: LatentModel, objective: Objective, display: Display | None = None) -> "Run":
        """Train in this folder, from its newest checkpoint if there is one, and keep the result."""
        with folder.locked(self.folder), threads(self.settings.threads):
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
        model, objective = made(self.spec["model"], self.spec["objective"], self.settings.seed)
        origin.again(self.spec, self.folder, model)
        self._change({k: v for k, v in changes.items() if v is not None}, objective)
        if display is not None and self.spec.get("routing", "none") != routing():
            display.warn("this process multiplies matrices otherwise than the one that began: last bits will differ")
        return self.train(model, objective, display)

    def _change(self, changes: dict[str, Any], objective: Objective) -> None:
        for name in changes:
            if name not in CHANGES:
                raise UsageError(
                    f"`{name}` cannot change under way ({', '.join(CHANGES)} can); "
                    f"start a new run: jamjae fit --like {self.folder.name}."
                )
        if changes:
            changed = Settings.read({**self.spec["settings"], **changes})
            check_patience(changed, objective, len(self.dataset.rows("validation")))
            self.settings = changed
            self.spec = {**self.spec, "settings": self.settings.to_json()}
            write_json(self.folder / folder.SPEC, self.spec)

    def sample(self, n: int = 64, *, label: Any = None, noise: bool = False, seed: int = 0) -> np.ndarray:
        """n examples from z ~ p(z), (n, *event); with `noise` drawn from p(x | z) instead of its point.

        A conditional model makes them under `label` (a class or a number; several in equal shares, in their order);
        left out, under labels drawn as often as training saw them.
        """
        require(n >= 1, "`n` must be at least 1", n, "Pass n=64.")
        y = asked.shared(self.model, self.classes, label, n)
        with isolated(seed, "sample"), torch.no_grad():
            return self.model.sample(n, y, noise=noise).numpy()

    def encode(self, source: Any, *, labels: Any = None, deviation: bool = False) -> Any:
        """Codes of the examples in `source`, (n, *latent); with `deviation` a pair (mean, standard deviation).

        A conditional model is told the labels of the examples: those of the source, or `labels`. Without an encoder the
        codes are searched for (see `models.invert`); `errors` then says how far the pictures of these codes are off.
        """
        x, y = self._examples(source, labels)
        codes, self.errors = coding.searched(self.model, x, y)
        return (codes, passes.deviations(self.model, x, y)) if deviation else codes

    def codes(self, source: Any = None, labels: Any = None) -> tuple[np.ndarray, list[str] | None]:
        """Codes and labels of all examples in `source`, in their order; None: the run's own data."""
        found = coding.coded(self, source, labels)
        self.errors = found.errors
        return found.codes, found.labels

    def predict(self, source: Any, *, head: Any = None, labels: Any = None) -> Predictions:
        """Labels of the examples in `source`, by a small head on codes that learns at the first call, with its accuracy
        (or R^2) on the test split. A model that infers labels (`m2`) says them itself. See docs/prediction.md.

        Arguments:
            source: What `encode` takes.
            head: A name from `heads.HEADS`, such as "logistic", or a classifier or regressor of scikit-learn.
            labels: What to predict, one label for each example of the run's own data, None where unknown; by default
                the labels of the data.
        """
        return predicted(self, source, head, labels)

    def neighbours(self, source: Any, k: int = 5, *, split: str = "train", labels: Any = None) -> Neighbours:
        """The k examples of a split ("train", "validation" or "test") of the run's data whose codes are nearest to that
        of each example in `source`. A conditional model is told the labels of the examples, as in `encode`.
        """
        return nearest(self, source, k, split, labels)

    def pairs(
        self, source: Any = None, limit: int | None = None, *, labels: Any = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Examples and their reconstructions, (n, *event) each; None: the test split."""
        require(
            source is not None or labels is None, "`labels` belong to a `source`", labels, "Pass the examples, too."
        )
        x, y = self.tested(limit) if source is None else self._examples(source, labels)
        x, y = x[:limit], None if y is None else y[:limit]
        return x.numpy(), passes.reconstructed(self.model, x, y)

    def decode(self, z: Any, *, label: Any = None) -> np.ndarray:
        """Pictures of codes z (n, *latent), (n, *event); of a conditional model under `label`, one for all or each."""
        z = torch.as_tensor(np.asarray(z), dtype=torch.float32)
        latent = tuple(self.spec["latent"])
        fits = z.ndim == 1 + len(latent) and tuple(z.shape[1:]) == latent
        require(fits, f"`z` must have shape (n, {', '.join(map(str, latent))})", tuple(z.shape))
        y = asked.shared(self.model, self.classes, label, len(z))
        conditional = self.model.condition is not None
        require(
            not conditional or y is not None, "`label` is needed: this model is conditional", label, "Pass label=7."
        )
        return passes.decoded(self.model, z, y)

    def reconstruct(self, source: Any, *, labels: Any = None) -> np.ndarray:
        """The examples in `source` through the code and back, (n, *event)."""
        return self.pairs(source, labels=labels)[1]

    def interpolate(self, a: int | str = 0, b: int | str = 1, *, steps: int = 10, label: Any = None) -> np.ndarray:
        """Pictures along the straight line between the codes of test examples a and b, (steps, *event); of text, a and
        b may be sentences.

        Of a model without an encoder, between draws a and b from its prior. A conditional model encodes each end under
        its own label and decodes under the label of the nearer end (of numbers: the one in between), or under `label`.
        """
        codes, labels = self.between(a, b, steps=steps, label=label)
        return self.decode(codes, label=labels)

    def between(
        self, a: int | str = 0, b: int | str = 1, *, steps: int = 10, label: Any = None
    ) -> tuple[np.ndarray, list[str] | None]:
        """What `interpolate` decodes: codes (steps, *latent), and the label of each where the model is conditional."""
        require(steps >= 2, "`steps` must be at least 2", steps, "Pass steps=10.")
        asked_for = asked.shared(self.model, self.classes, label, steps)
        z, own = way.straight(self.model, way.between(self, a, b, asked_for), steps)
        y = own if asked_for is None else asked_for
        return z.numpy(), None if y is None else named(y, self.classes)

    def _examples(self, source: Any, labels: Any = None) -> tuple[Any, Tensor | None]:
        """New examples as the model sees them, and their labels where it needs them."""
        useful = labels is None or self.model.condition is not None
        require(useful, "`labels` are for models that were fitted with a condition", labels, "Leave them out.")
        return coding.seen(self, find_like(source, self.model.event, labels, self.form))

    score, generate, impute = scoring.score, generating.generate, imputing.impute

    def evaluate(
        self,
        metrics: Sequence[str] | None = None,
        *,
        samples: int = 1000,
        limit: int | None = None,
        full: bool = False,
        budget: float | str | None = None,
        progress: Any = None,
    ) -> dict[str, Any]:
        """Measure the run on its test split and write evaluation.json; name -> Measurement.

        `full` adds the metrics that take longer or say more than most people ask. With a `budget` (seconds, or "90s",
        "2m", "1h") as many test examples and draws are taken as fit into it, at most `limit` and `samples`.
        """
        subject = self.subject(samples, limit, progress)
        names = list(evaluation.METRICS) if full and metrics is None else metrics
        if budget is None:
            found = evaluation.evaluate(subject, names)
        else:
            found = evaluation.within(subject, duration(budget), names)
        path = self.folder / "evaluation.json"
        before = read_json(path) if path.is_file() else {}
        asked_for = {"samples": samples, "limit": limit} | ({} if budget is None else {"budget": budget})
        write_json(path, {**before, **{k: store.measured(m, asked_for) for k, m in found.items()}})
        return found

    def examine(self, limit: int | None = examination.LIMIT, *, quick: bool = False, progress: Any = None) -> Diagnosis:
        """Ask every rule of `diagnosis` and write diagnosis.json: what was found, and why some rules do not apply.

        Arguments:
            limit: At most so many test examples, where something was not measured yet.
            quick: Leave out what takes longer than a moment.
            progress: As in `evaluate`.
        """
        found = ask(examination.case(self, limit, quick, progress))
        write_json(self.folder / examination.DIAGNOSIS, found.to_json())
        return found

    def diagnose(self, limit: int | None = examination.LIMIT, *, progress: Any = None) -> list[Finding]:
        """What is wrong with the run, in plain words, with what to change: faults first, then warnings, then what was
        looked for and is fine. Written to diagnosis.json, too.

        Arguments:
            limit: At most so many test examples, where something was not measured yet.
            progress: As in `evaluate`.
        """
        return self.examine(limit, progress=progress).findings

    def report(
        self,
        path: str | Path | None = None,
        *others: "Run",
        samples: int = 100,
        limit: int | None = 1000,
        language: str = "en",
    ) -> Path:
        """One self-contained HTML file about this run (and others); default: report.html in the run folder.

        Raises:
            UsageError: For a `language` other than "en" and "ko" (Korean).
        """
        from . import report

        report.check(language)
        runs = (self, *others)
        told_apart = len({(r.spec["recipe"], r.spec["data"]["name"]) for r in runs}) == len(runs)
        facts = [r._facts(samples, limit, "" if told_apart else r.folder.name) for r in runs]
        target = self.folder / "report.html" if path is None else Path(path)
        report.write(facts, target, language)
        return target

    def export(self, format: str = "onnx", out: str | Path | None = None) -> Any:
        """The model for other programs, in a new folder: `folder` and, by graph, the largest `differences` from torch.

        Arguments:
            format: "onnx" (encoder.onnx and decoder.onnx), "torch-export" (the same as .pt2), "weights" (with the
                spec) or "hub" (with a model card; `load` opens the folder).
            out: The folder, which must not exist yet; None: named after the format, in the run folder.

        Raises:
            UsageError: For an unknown format or a folder that exists; for "hub", of a run without evaluation.json and
                diagnosis.json.
            JamjaeError: If a graph differs from the model by more than 1e-4, or the extra `onnx` is not installed.
        """
        from .exporting import exported

        return exported(self, format, out)

    def _repr_html_(self) -> str:  # what a notebook shows
        from .report.glance import glance

        return glance(self.folder, self.spec, self.sample)

    def _facts(self, samples: int, limit: int | None, title: str) -> Any:
        from . import report

        path = self.folder / "evaluation.json"
        measured = read_json(path) if path.is_file() else {}
        missing = [name for name in evaluation.usual() if name not in measured]
        if missing and len(self.dataset.rows("test")) >= evaluation.FEWEST:
            found = self.evaluate(missing, samples=samples, limit=limit)
            both = {**measured, **found}
            measured = {name: both[name] for name in evaluation.METRICS if name in both}
        seed, name = self.settings.seed, self.folder.name
        found = self.examine(limit)
        return report.gather(self.model, self.dataset, self.rows, measured, self.spec, seed, title, name, found)
