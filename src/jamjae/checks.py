"""Look before you train: what the data is, what is wrong with it, what would be fitted, which axes can survive."""

import copy
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import data
from .core.seeds import isolated
from .data.dataset import SPLITS, Dataset
from .data.inspect import Finding
from .diagnosis import survival
from .plan import Plan, prepare
from .run import Run, spec_of
from .training.display import Display
from .training.loop import Fit

SECONDS = 0.7  # for measuring the speed
WARM, MOST = 3, 200  # steps
SHOWN = 1_000_000  # rows of a table that its overview speaks of


@dataclass(frozen=True)
class Check:
    """What `check` found.

    Arguments:
        data: What the data is: name, examples, shape, kind, range, classes, split, memory, fingerprint.
        findings: What is noteworthy or wrong, with remedies.
        plan: What would be fitted: data, model, fit; one sentence each.
        steps: Batches in all.
        seconds: About how long the fit takes on this machine.
        axes: Latent axes that theory expects to stay alive; None where it does not say.
        axes_why: The reason, in words.
        notes: What the reader of the data noticed, what it changed and what it left out.
        overview: What the parts of an example are taken for, such as the columns of a table.
    """

    data: dict[str, str]
    findings: tuple[Finding, ...]
    plan: dict[str, str]
    steps: int
    seconds: float
    axes: int | None
    axes_why: str
    notes: tuple[str, ...] = ()
    overview: str = ""

    def __str__(self) -> str:
        width = max(map(len, (*self.data, *self.plan, "latent axes")))
        rows = [*self.data.items(), *(("note", note) for note in self.notes), ("", "")]
        rows += [("finding", str(f)) for f in self.findings if f.level != "info"]
        rows += [("", ""), *self.plan.items(), ("time", about(self.seconds)), ("latent axes", self.axes_why)]
        lines = [f"{name:<{width}}  {text}".rstrip() for name, text in rows]
        lines = ([self.overview, ""] if self.overview else []) + lines
        return "\n".join(line for line, before in zip(lines, ["", *lines], strict=False) if line or before)


def check(
    source: Any = None,
    recipe: str | None = None,
    *,
    latent: Any = None,
    like: "str | Path | Run | None" = None,
    runs: str | Path = "runs",
    **options: Any,
) -> Check:
    """Check data, and what `fit` with the same options would do with it; writes nothing.

    Arguments:
        source: The data; see `data.read`.
        recipe: Name of the recipe; None: "vae".
        latent: As in `fit`.
        like: An earlier run whose options are the starting point.
        runs: Where it is looked for.
        options: As in `fit`.

    Raises:
        UsageError: For unknown names or values of the wrong type.
        DataError: For data that cannot be read or that the likelihood cannot take.

    Example:
        >>> check("digits", objective__beta=1e9).axes
        0
    """
    plan = prepare(
        recipe, source, latent=latent, like=None if like is None else spec_of(like, runs), runs=runs, **options
    )
    found = list(data.inspect(plan.dataset))
    if plan.warning:
        found.append(Finding("warning", plan.warning))
    axes, why = survivors(plan)
    seen, seconds = about_data(plan.dataset), plan.steps * pace(plan)
    form, notes = plan.dataset.form, plan.dataset.notes
    shown = "" if form is None else form.overview(plan.dataset.x[:SHOWN].numpy())
    return Check(seen, tuple(found), describe(plan), plan.steps, seconds, axes, why, notes, shown)


def about_data(dataset: Dataset) -> dict[str, str]:
    """What the data is, in words."""
    event = dataset.event
    values = "0 or 1" if event.levels == 2 else f"{event.levels} categories" if event.levels else "real numbers"
    sizes = ", ".join(f"{len(dataset.rows(s)):,} {s}" for s in SPLITS)
    return {
        "data": f"{dataset.name}: {len(dataset):,} examples ({sizes})",
        "example": f"table row of {by(event.shape)} columns"
        if event.columns
        else f"{event.kind} of {by(event.shape)}, {values} in [{event.low:g}, {event.high:g}]",
        "binarised": dataset.binarise,
        "labels": about_labels(dataset),
        "memory": f"{dataset.x.numel() * dataset.x.element_size():,} bytes",
        "fingerprint": dataset.fingerprint[:16],
    }


def about_labels(dataset: Dataset) -> str:
    """What the labels are, in words."""
    if dataset.y is None:
        return "none"
    if dataset.y.is_floating_point():
        return "numbers"
    return f"{len(dataset.classes) or len(dataset.y.unique())} classes"


def describe(plan: Plan) -> dict[str, str]:
    """What would be fitted: data, model and fit, one line each."""
    seen, made, how = plan.dataset, plan.model, plan.settings
    sizes = ", ".join(f"{len(seen.rows(s)):,} {s}" for s in SPLITS)
    binary = "" if seen.binarise == "none" else f", binarised: {seen.binarise}"
    code = f"{made.posterior.name()} posterior, " if made.posterior else ""
    told = f"told its {made.condition.name()}, " if made.condition else ""
    threads = f"{how.threads} thread{'s' * (how.threads != 1)}"
    net = f"{made.encoder.name()} encoder" if made.encoder else "no encoder"
    net += "" if plan.origin is None else f" of {plan.origin.run.name}{', frozen' * plan.origin.frozen}"
    return {
        "data": f"{seen.name}: {sizes} examples, {seen.event.kind} of {by(seen.event.shape)}{binary}",
        "model": f"{plan.recipe}: {told}{net}, {code}{by(plan.latent)} latent, {made.prior.name()} prior, "
        f"{made.decoder.name()} decoder, {made.likelihood.name()} likelihood; {plan.parameters:,} parameters",
        "fit": f"{plan.objective.name()}, {plan.steps:,} steps ({how.epochs:g} epochs, batches of {how.batch_size}), "
        f"{how.optimiser} at {how.lr:g}; {how.device}, {how.precision}, {threads}, seed {how.seed}",
    }


def by(shape: tuple[int, ...]) -> str:
    """A shape in words.

    Example:
        >>> by((8, 8, 1)), by((2,))
        ('8 x 8 x 1', '2')
    """
    return " x ".join(map(str, shape))


def about(seconds: float) -> str:
    """A duration in words.

    Example:
        >>> about(0.4), about(75), about(7300)
        ('about 1 second', 'about 1 minute', 'about 2 hours')
    """
    for unit, size in (("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds >= size or unit == "second":
            count = max(1, round(seconds / size))
            return f"about {count} {unit}{'s' * (count != 1)}"
    raise AssertionError


def pace(plan: Plan) -> float:
    """Seconds a step takes, measured on a copy of the model."""
    settings = plan.settings.but(compile=False)
    model, objective = copy.deepcopy((plan.model, plan.objective))
    with isolated(settings.seed, "check"):
        fit = Fit(model, objective, plan.dataset, settings, None, Display())
        for step in range(WARM):
            fit.play(step)
        begun, step = time.perf_counter(), WARM
        while step < MOST and time.perf_counter() - begun < SECONDS:
            fit.play(step)
            step += 1
        return (time.perf_counter() - begun) / (step - WARM)


def survivors(plan: Plan) -> tuple[int | None, str]:
    """How many latent axes linear theory keeps alive, where it holds, and the reason in words; see `survival`."""
    found = survival(plan.model, plan.objective, plan.dataset)
    return found.axes, str(found)
