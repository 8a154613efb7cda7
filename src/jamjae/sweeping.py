"""The verb `sweep`: one run a value of an option, measured alike; of the ELBO's beta also what each term does."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .again import made, planned
from .comparison import Point, Sweep, grid
from .core.errors import UsageError
from .core.seeds import isolated
from .measuring import LIMIT, SAMPLES, Progress, measured, named, spoken
from .run import Run
from .training.display import Display

WANTED = ("rate", "distortion", "elbo", "coverage")
FIXED = ("seed", "validation", "test", "labels", "binarise", "size")  # with them the test examples would change
ABLATION = {
    "reconstruction only": {"objective.beta": 0, "objective.distortion": 1},
    "KL only": {"objective.beta": 1, "objective.distortion": 0},
    "both": {"objective.beta": 1, "objective.distortion": 1},
}
SHOWN, CLOUD = 6, 1000  # examples a row; codes of an ablation's map


def sweep(
    recipe: str,
    source: Any,
    *,
    points: int = 8,
    metrics: Sequence[str] | None = None,
    samples: int = SAMPLES,
    limit: int | None = LIMIT,
    report: bool | str | Path = True,
    language: str = "en",
    runs: str | Path = "runs",
    display: Display | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Sweep:
    """Fit a recipe once for every value of one option, and measure all runs alike.

    What `runs` has is used again. Beside the beta of an ELBO, runs with each term of the loss on its own are fitted.

    Arguments:
        recipe: A name from `jamjae list recipes`.
        source: The data, see `data.read`.
        points: How many values a range stands for.
        metrics: Names; None for rate, distortion, their bound and coverage.
        samples: K of the importance-weighted bound.
        limit: At most so many test examples; None for all.
        report: Write a page: True for sweep.html in `runs`, or its path; `language` "ko" is Korean.
        runs: Where runs lie, and where new ones go.
        display: Who watches the fits; None: nobody. `progress` is called while metrics are measured.
        options: Of `fit`; one has several values, as a range "0.1..16" or a list "0.5,1,4", see `comparison.grid`.

    Raises:
        UsageError: Unless exactly one option has several values; for options that would change the test examples.

    Example:
        >>> import tempfile
        >>> small = {"epochs": 0.5, "runs": tempfile.mkdtemp(), "metrics": ["knn"]}
        >>> [point.value for point in sweep("ae", "digits", latent="2..4", points=2, **small).points]
        [2.0, 4.0]
    """
    spoken(language, report)
    wanted = named(metrics, WANTED)
    name, plans = plan(recipe, source, points, runs, {k.replace("__", "."): v for k, v in options.items()})
    fits = {label: fitted(recipe, source, runs, display or Display(), chosen) for label, chosen in plans.items()}
    values = {label: measured(run, wanted, samples, limit, False, progress) for label, run in fits.items()}
    found = {label: Point(float(plans[label][name]), run.folder.name, values[label]) for label, run in fits.items()}
    alone = {label: found.pop(label) for label in ABLATION if label in found}
    swept = Sweep(name, recipe, next(iter(fits.values())).spec["data"]["name"], tuple(found.values()), alone)
    return replace(swept, report=written(swept, fits, report, runs, language)) if report else swept


def plan(
    recipe: str, source: Any, points: int, runs: str | Path, options: Mapping[str, Any]
) -> tuple[str, dict[str, dict[str, Any]]]:
    """The option that is swept, and the options of every fit by its name; all are checked before the first one."""
    name, values = grid.swept(options, points, lambda tried: accepts(recipe, source, runs, tried))
    if name in FIXED:
        raise UsageError(f"`{name}` cannot be swept: the test examples would change with it.")
    found = {f"{v:g}": {**options, name: v} for v in values} | ablation(recipe, source, runs, name, options)
    for chosen in found.values():
        planned(recipe, source, options.get("seed", 0), runs, chosen)
    return name, found


def accepts(recipe: str, source: Any, runs: str | Path, options: Mapping[str, Any]) -> bool:
    """Whether options make a valid plan."""
    try:
        planned(recipe, source, options.get("seed", 0), runs, options)
    except UsageError:
        return False
    return True


def ablation(
    recipe: str, source: Any, runs: str | Path, name: str, options: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """The options of the three runs with one term or both, where the weight of an ELBO is swept."""
    if name != "objective.beta":
        return {}
    plan = planned(recipe, source, options.get("seed", 0), runs, {**options, name: 1})
    return {label: {**options, **terms} for label, terms in ABLATION.items()} if plan.objective.name() == "elbo" else {}


def fitted(recipe: str, source: Any, runs: str | Path, display: Display, options: Mapping[str, Any]) -> Run:
    """The run of a point."""
    return made(planned(recipe, source, options.get("seed", 0), runs, options), runs, display, options)


def written(found: Sweep, fits: Mapping[str, Run], report: bool | str | Path, runs: str | Path, language: str) -> Path:
    """The page."""
    from .report.sweep import Seen, write_sweep

    seen = {}
    for label, run in fits.items():
        one = Run(run.folder, run.__dict__.get("dataset"))
        x, restored = pairs(one)
        codes = cloud(one) if label in ABLATION else (None, None)
        seen[label] = Seen(x, restored, one.sample(SHOWN), one.spec, *codes)
    path = Path(runs) / "sweep.html" if report is True else Path(str(report))
    return write_sweep(found, seen, path, language)


def pairs(run: Run) -> tuple[np.ndarray, np.ndarray | None]:
    """The first test examples, and their reconstructions where there is an encoder."""
    if run.model.encoder is not None:
        return run.pairs(limit=SHOWN)
    return run.dataset.examples("test", SHOWN, run.settings.seed)[0].numpy(), None


def cloud(run: Run) -> tuple[np.ndarray, np.ndarray | None]:
    """One code drawn for each of at most 1,000 test examples, (n, axes), and their labels."""
    x, y = run.dataset.examples("test", CLOUD, run.settings.seed)
    with isolated(run.settings.seed, "cloud"), torch.no_grad():
        z = run.model.encode(x, y if run.model.condition is not None else None).sample()
    return z.flatten(1).numpy(), None if y is None else y.numpy()
