"""Runs into arms: by plan, measured alike; what was measured in the same way before is not measured again."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

from . import evaluation
from .again import Spec, key
from .comparison import Arm
from .comparison.comparison import same_examples
from .core.errors import UsageError, require, unknown
from .core.files import read_json
from .evaluation import Measurement
from .evaluation.base.subject import Progress
from .report import check
from .report.gather import revived
from .run import Run

SAMPLES, LIMIT = 100, 1000


def arms(
    runs: Iterable[Run], wanted: Sequence[str], samples: int, limit: int | None, progress: Progress | None = None
) -> list[Arm]:
    """Runs by plan, in the order in which plans first appear, measured.

    Raises:
        UsageError: If a plan has two runs with the same seed, or the test examples are not the same.
    """
    groups: dict[str, dict[int, Run]] = {}
    for run in runs:
        group = groups.setdefault(key(run.spec), {})
        distinct(group.setdefault(run.spec["seed"], run), run)
    called = titles([group[min(group)].spec for group in groups.values()])
    found = [unmeasured(title, group) for title, group in zip(called, groups.values(), strict=True)]
    for arm in found[1:]:
        same_examples(found[0], arm)  # before time is spent on measuring
    by_example = any(len(one.keys() & other.keys()) == 1 for one, other in combinations(groups.values(), 2))
    return [
        replace(arm, measured={s: measured(r, wanted, samples, limit, by_example, progress) for s, r in group.items()})
        for arm, group in zip(found, groups.values(), strict=True)
    ]


def unmeasured(title: str, group: dict[int, Run]) -> Arm:
    """An arm of runs by seed; nothing is measured yet."""
    first = group[min(group)]
    folders = {seed: group[seed].folder.name for seed in sorted(group)}
    return Arm(title, first.spec, folders, {}, first.model.prior.learning)


def distinct(one: Run, other: Run) -> None:
    """Refuse two folders of one plan and seed."""
    if one.folder.resolve() != other.folder.resolve():
        raise UsageError(
            f"{one.folder.name} and {other.folder.name} have the same plan and the same seed ({one.spec['seed']}): "
            "they are copies, not repeats. Name one of them."
        )


def named(metrics: Sequence[str] | None, usual: Sequence[str]) -> list[str]:
    """The metrics that are wanted, or an error before anything is fitted."""
    for name in metrics or ():
        if name not in evaluation.METRICS:
            raise unknown("metric", name, evaluation.METRICS)
    return list(metrics or usual)


def spoken(language: str, report: bool | str | Path) -> None:
    """Refuse a language that the page cannot have, before anything is fitted.

    Raises:
        UsageError: If there is none of that name, or no page to be in it.
    """
    check(language)
    require(bool(report) or language == "en", "only pages are translated", language, "Ask for a page with `report`.")


def measured(
    run: Run,
    wanted: Sequence[str],
    samples: int,
    limit: int | None,
    by_example: bool,
    progress: Progress | None = None,
) -> dict[str, Measurement]:
    """What evaluation.json holds under the same `samples` and `limit`, and the rest measured now.

    It holds no numbers of single examples: where those are needed (`by_example`) such metrics are measured again.
    """
    fresh = Run(run.folder, run.__dict__.get("dataset"))  # its data and model are let go after this
    usable = {name: m for name, m in kept(run, samples, limit, by_example).items() if name in wanted}
    missing = [name for name in wanted if name not in usable]
    found = fresh.evaluate(missing, samples=samples, limit=limit, progress=progress) if missing else {}
    return {name: {**usable, **found}[name] for name in evaluation.METRICS if name in {**usable, **found}}


def kept(run: Run, samples: int, limit: int | None, by_example: bool) -> dict[str, Measurement]:
    """What evaluation.json holds that was measured in the same way."""
    path = run.folder / "evaluation.json"
    stored = read_json(path) if path.is_file() else {}
    asked = {"samples": samples, "limit": limit}
    ways = [asked | {"each": False}] if by_example else [asked | {"each": each} for each in (False, True)]
    return {name: revived(m) for name, m in stored.items() if m.get("details", {}).get("asked") in ways}


def titles(specs: Sequence[Spec]) -> list[str]:
    """What to call arms: the recipe, and where that is not enough, the options in which they differ.

    Example:
        >>> plan = {"recipe": "vae", "latent": [2], "settings": {"epochs": 5}, "data": {}}
        >>> titles([{**plan, "options": {}}, {**plan, "options": {"objective.beta": 4}}])
        ['vae', 'vae, objective.beta 4']
    """
    recipes = [spec["recipe"] for spec in specs]
    options = [chosen(spec) for spec in specs]
    differing = {name for one in options for name in one if any(o.get(name) != one[name] for o in options)}
    found = []
    for recipe, own in zip(recipes, options, strict=True):
        more = [f"{name} {own[name]}" for name in own if name in differing and own[name] is not None]
        found.append(", ".join([recipe, *more]) if recipes.count(recipe) > 1 else recipe)
    return [title if found.count(title) == 1 else f"{title} ({n + 1})" for n, title in enumerate(found)]


def chosen(spec: Spec) -> dict[str, Any]:
    """The options of a run's plan, flat."""
    latent = "x".join(map(str, spec["latent"]))
    settings = {k: v for k, v in spec["settings"].items() if k != "seed" and not isinstance(v, dict)}
    return {"latent": latent, **spec["options"], **settings, "binarise": spec["data"].get("binarise")}
