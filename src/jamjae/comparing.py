"""The verb `compare`: finish what is missing, measure every run the same way, put arms side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from . import evaluation
from .again import made, planned
from .comparison import Comparison, side_by_side
from .core.errors import UsageError, require
from .measuring import LIMIT, SAMPLES, Progress, arms, named, spoken
from .recipes import RECIPES
from .run import Run, load
from .training.display import Display

SEEDS = 5


def compare(
    what: str | Sequence[Any],
    source: Any = None,
    *,
    seeds: int = SEEDS,
    metrics: Sequence[str] | None = None,
    full: bool = False,
    samples: int = SAMPLES,
    limit: int | None = LIMIT,
    report: bool | str | Path = False,
    language: str = "en",
    runs: str | Path = "runs",
    display: Display | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Comparison:
    """Put runs side by side, or fit recipes under the same options and put those side by side.

    Runs of one plan with different seeds are repeats of one arm. Every arm is compared with the first: seed by seed, or
    example by example of one run each. No arm is called better without five seeds on each side; see docs/compare.md.

    Arguments:
        what: Runs (paths, names in `runs`, or `Run`s), two or more; with `source`, recipes ("ae,vae").
        source: The data to fit recipes to, see `data.read`; None: `what` are runs.
        seeds: Fit every recipe with seeds 0, 1, ..., so many; what `runs` has is used again.
        metrics: Names; None for the usual ones, or with `full` for all.
        samples: K of the importance-weighted bound. `limit`: at most so many test examples; None for all.
        report: Write a page: True for compare.html in `runs`, or its path; `language` "ko" is Korean.
        runs: Where runs lie, and where new ones go.
        display: Who watches the fits; None: nobody. `progress` is called while metrics are measured.
        options: Of `fit`, the same for every recipe.

    Raises:
        UsageError: For runs of different data or splits, and for an option that a recipe does not know.

    Example:
        >>> import tempfile
        >>> small = {"epochs": 1, "latent": 2, "runs": tempfile.mkdtemp()}
        >>> found = compare("ae,vae", "digits", seeds=1, metrics=["reconstruction"], limit=50, **small)
        >>> [arm.title for arm in found.arms], found.rows[0].against[0].verdict
        (['ae', 'vae'], 'not shown')
    """
    wanted = named(metrics, list(evaluation.METRICS) if full else evaluation.usual())
    spoken(language, report)
    if source is None:
        found = opened(what, runs, options)
    else:
        found = fitted(names(what), source, seeds, runs, display or Display(), options)
    compared = side_by_side(arms(found, wanted, samples, limit, progress), samples, limit)
    return replace(compared, report=written(compared, found, report, runs, language)) if report else compared


def names(what: str | Sequence[Any]) -> list[str]:
    """Names of recipes from a list or a text with commas."""
    found = [name.strip() for name in what.split(",")] if isinstance(what, str) else [str(name) for name in what]
    require(len(set(found)) == len(found), "recipes must differ", what, "Name each once.")
    return found


def are_recipes(word: str) -> bool:
    """Whether a word of the command line names recipes rather than a run.

    Example:
        >>> are_recipes("ae,vae"), are_recipes("vae"), are_recipes("digits-vae-001")
        (True, True, False)
    """
    return "," in word or word in RECIPES


def opened(what: str | Sequence[Any], runs: str | Path, options: Mapping[str, Any]) -> list[Run]:
    """The runs that were named; each once.

    Raises:
        UsageError: For fewer than two, for one that has not been trained to its end, and for options of a fit.
    """
    require(not options, "options of fit belong to recipes and data", ", ".join(options), "Name the data, too.")
    given = [what] if isinstance(what, (str, Path, Run)) else list(what)
    found = {run.folder.resolve(): run for run in (g if isinstance(g, Run) else load(g, runs=runs) for g in given)}
    require(len(found) > 1, "a comparison needs at least two runs", len(found), "Name another run.")
    for run in found.values():
        if not run.result:
            raise UsageError(f"{run.folder} has not ended; `jamjae resume {run.folder.name}` trains it to its end.")
    return list(found.values())


def fitted(
    recipes: Sequence[str],
    source: Any,
    seeds: int,
    runs: str | Path,
    display: Display,
    options: Mapping[str, Any],
) -> list[Run]:
    """A finished run of every recipe and seed. All plans are made before the first fit, so that errors come early."""
    require(seeds >= 1, "`seeds` must be at least 1", seeds, "Pass seeds=5.")
    require("seed" not in options, "`seed` is chosen by `seeds`: 0, 1, ...", options.get("seed"), "Leave it out.")
    for recipe in recipes:
        if warning := planned(recipe, source, 0, runs, options).warning:
            display.warn(f"{recipe}: {warning}")
    order = [(recipe, seed) for seed in range(seeds) for recipe in recipes]  # stopped early, arms still have pairs
    return [made(planned(recipe, source, seed, runs, options), runs, display, options) for recipe, seed in order]


def written(
    compared: Comparison, found: Sequence[Run], where: bool | str | Path, runs: str | Path, language: str
) -> Path:
    """The page of a comparison, with the pictures of the first seed of every arm."""
    from . import report

    path = Path(runs) / "compare.html" if where is True else Path(str(where))
    shown = []
    for arm in compared.arms:
        run = next(run for run in found if run.spec is arm.spec)  # names may repeat in other folders
        shown.append(report.gather(run.model, run.dataset, run.rows, arm.first, run.spec, run.settings.seed, arm.title))
    return report.write_comparison(compared, shown, path, language)
