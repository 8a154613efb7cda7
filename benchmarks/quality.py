"""Do the variants keep what their papers promise? Seeds, intervals, and the commands.

python -m benchmarks.quality                                  every study with all its seeds, on all cores
python -m benchmarks.quality --only factors --seeds 2         one study, fewer seeds
python -m benchmarks.quality --shorter 10                     a tenth of the passes: does it run?

Every finished fit is kept in benchmarks/quality.json, and is not made again; the tables go to docs/quality.md.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from benchmarks.kept import Result, among, each, keep, kept, whole
from jamjae.comparison import over_seeds

ROOT = Path(__file__).parents[1]
KEPT, PAGE = ROOT / "benchmarks/quality.json", ROOT / "docs/quality.md"
FORMATS = {"share": "{:.1%}", "nats": "{:.2f}", "count": "{:.1f}", "number": "{:.3f}"}


@dataclass(frozen=True)
class Arm:
    """One way to fit.

    Arguments:
        recipe: Its name.
        options: Of the fit, beside those that all arms of the study have.
    """

    recipe: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Study:
    """Several ways to fit the same data with the same budget, compared seed by seed.

    Arguments:
        title: What is asked.
        data: The data.
        options: Of every fit.
        arms: The first is the one that the others are compared with.
        metrics: Metric -> kind of number (see `FORMATS`) and column title.
        logged: The same of what training logged last.
        seeds: How many.
        samples: K of the importance-weighted bound.
        limit: Test examples; None for all.
        text: What to know before reading the table.
        below: What stands below it.
    """

    title: str
    data: str
    options: dict[str, Any]
    arms: dict[str, Arm]
    metrics: dict[str, tuple[str, str]]
    seeds: int
    logged: dict[str, tuple[str, str]] = field(default_factory=dict)
    samples: int = 100
    limit: int | None = None
    text: str = ""
    below: str = ""

    @property
    def columns(self) -> dict[str, tuple[str, str]]:
        """Of the table."""
        return self.metrics | self.logged


SMALL = {"latent": 40, "encoder.widths": "300,300", "decoder.widths": "300,300", "lr_schedule": "linear"}
WARM = {"objective.schedule": "linear", "objective.schedule.steps": 4690}  # for 10 epochs
SAME = {"latent": "7,7,4", "encoder": "grid", "decoder": "grid"}
STUDIES = {
    "generators": Study(
        title="Does a convolutional GAN cover more than a dense one?",
        data="mnist",
        options={"epochs": 12, "batch_size": 128},
        arms={"gan": Arm("gan"), "dcgan": Arm("dcgan")},
        metrics={
            "classes": ("count", "classes shown"),
            "confidence": ("share", "confidence"),
            "diversity": ("number", "diversity"),
        },
        seeds=5,
        text="Classes and confidence are a classifier's, which learned from the training split.",
        below="The losses of the first two epochs (`python -m benchmarks.curves` says how they are drawn); dotted: "
        "their worth in equilibrium, 2 ln 2 for the critic and ln 2 for the generator, where nobody can tell samples "
        "from data.\n\n![Losses of gan and dcgan](images/games.png)",
    ),
    "bounds": Study(
        title="Do a better prior and a better posterior raise the likelihood?",
        data="mnist",
        options={**SMALL, **WARM, "epochs": 20, "batch_size": 128},
        arms={
            "vae": Arm("vae"),
            "gm-vae": Arm("gm-vae"),
            "vamp-vae": Arm("vamp-vae"),
            "iaf-vae": Arm("iaf-vae"),
        },
        metrics={"iwae": ("nats", "IWAE-5000"), "elbo": ("nats", "ELBO"), "rate": ("nats", "rate")},
        seeds=3,
        samples=5000,
        limit=500,
        text="Stochastically binarised. Bounds in nats over the first 500 test images, the same for all. The weight of "
        "the KL rises from 0 to 1 over the first half: without that the `vae` was ahead of the three others after 20 "
        "epochs (IWAE-5000 of one seed: vae -97.4, vamp-vae -98.4, gm-vae -99.3, iaf-vae -102.8).",
    ),
    "codes": Study(
        title="Do discrete codes reconstruct better than continuous ones of the same length?",
        data="mnist",
        options={"batch_size": 128, "epochs": 6},
        arms={
            "vq-vae": Arm("vq-vae"),
            "vae, 20 axes": Arm("beta-vae", {"objective.beta": 0.004}),
            "vae, 64 axes": Arm("beta-vae", {"latent": 64, "objective.beta": 0.03}),
            "vae, same networks": Arm("beta-vae", {**SAME, "objective.beta": 0.08}),
        },
        metrics={
            "distortion": ("nats", "distortion"),
            "rate": ("nats", "rate"),
            "reconstruction": ("number", "squared error"),
            "confidence": ("share", "confidence"),
            "classes": ("count", "classes shown"),
        },
        logged={"used": ("share", "codebook used")},
        seeds=3,
        limit=2000,
        text="The rate of `vq-vae` is the length of its code under its learned prior, in nats. The VAEs have a beta "
        "below 1, chosen so that their rate is about as large: with the recipe's dense networks, and with the "
        "convolutions of `vq-vae`.",
    ),
    "factors": Study(
        title="Does a weight on total correlation find the factors?",
        data="shapes",
        options={"latent": 10, "batch_size": 64, "epochs": 60},
        arms={"vae": Arm("vae"), "beta-tc-vae": Arm("beta-tc-vae")},
        metrics={
            "mig": ("number", "MIG"),
            "elbo": ("nats", "ELBO"),
            "active_units": ("count", "active units"),
        },
        seeds=5,
    ),
}


# -- one seed ---------------------------------------------------------------------------------------------------------


def key(result: Result) -> tuple[Any, ...]:
    """What tells fits apart."""
    return tuple(result[k] for k in ("study", "arm", "epochs", "seed"))


def play(name: str, seed: int, shorter: float, done: list[Result]) -> list[Result]:
    """The arms of a study that are not there yet, with one seed, on one thread."""
    study, found = STUDIES[name], {r["arm"]: r for r in done}
    epochs = study.options["epochs"] / shorter
    for arm, chosen in study.arms.items():
        if arm not in found:
            options = {**study.options, **chosen.options, "epochs": epochs, "seed": seed}
            about = {"study": name, "arm": arm, "epochs": epochs, "seed": seed}
            found[arm] = about | fitted(study, chosen.recipe, options)
    return list(found.values())


def fitted(study: Study, recipe: str, options: dict[str, Any]) -> Result:
    """Fit, and measure."""
    import torch

    import jamjae as jj

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        run = whole(jj.fit(recipe, study.data, threads=1, runs=folder, **options))
        seconds = time.perf_counter() - start
        measured = run.evaluate(list(study.metrics), samples=study.samples, limit=study.limit)
        troubles = [row["text"] for row in run.rows if row["event"] == "trouble"]
        logged = [row["validation"] or row["train"] for row in run.rows if row["event"] == "row"][-1]
    return {
        "values": {name: m.value for name, m in measured.items()},
        "undefined": {name: m.reason for name, m in measured.items() if m.value is None},
        "last": logged,
        "troubles": troubles,
        "seconds": round(seconds, 1),
    }


# -- all of them ------------------------------------------------------------------------------------------------------


def tournament(names: list[str], seeds: int | None, shorter: float, jobs: int, path: Path) -> list[Result]:
    """Make what is not there yet; one task a study and seed."""
    found = {key(r): r for r in kept(path)}
    tasks = [(n, s, shorter, there(found, n, s, shorter)) for n in names for s in range(seeds or STUDIES[n].seeds)]
    waiting = [task for task in tasks if len(task[3]) < len(STUDIES[task[0]].arms)]
    print(f"{len(waiting)} tasks, {len(tasks) - len(waiting)} are done", flush=True)
    for result in each(play, waiting, jobs):
        found[key(result)] = result
        keep(path, found.values(), key)
        values = "  ".join(f"{k} {v:.4g}" for k, v in result["values"].items() if v is not None)
        print(
            f"{result['study']} {result['arm']} seed {result['seed']}: {values}, {result['seconds']:.0f} s", flush=True
        )
    return list(found.values())


def there(found: dict[tuple[Any, ...], Result], name: str, seed: int, shorter: float) -> list[Result]:
    """The arms that are there."""
    epochs = STUDIES[name].options["epochs"] / shorter
    wanted = [(name, arm, epochs, seed) for arm in STUDIES[name].arms]
    return [found[k] for k in wanted if k in found]


# -- the page ---------------------------------------------------------------------------------------------------------

TEXT = """# What the variants are worth

<!-- not run: takes hours -->
```console
$ make bench-quality
$ make bench-quality ARGS="--only factors --seeds 2"
```

Each table compares ways to fit the same data with the same budget. Numbers are means over seeds ± one standard error.
A difference is taken seed by seed, with its 95 % interval (Student's t): it speaks of another training run on the same
data. An interval that holds 0 shows no difference, and where all seeds agree there is none: that is no certainty.
Seconds are those of a fit on one thread of a machine that did other work beside it: they tell orders of magnitude.
"""
MARK = "<!-- not run: takes minutes to hours; `make bench-quality` runs it -->"


def page(found: Iterable[Result]) -> str:
    """docs/quality.md."""
    text, found = TEXT, list(found)
    for name, study in STUDIES.items():
        own = [r for r in found if r["study"] == name]
        longest = max((r["epochs"] for r in own), default=0.0)
        text += "\n" + "\n".join(section(study, [r for r in own if r["epochs"] == longest])) + "\n"
    return text


def section(study: Study, found: list[Result]) -> Iterator[str]:
    """One study."""
    yield from (f"## {study.title}", "")
    yield from (study.text, "") if study.text else ()
    yield from (MARK, "```console", *(f"$ {command(study, arm)}" for arm in study.arms.values()), "```", "")
    if not found:
        yield "Not measured yet."
        return
    if found[0]["epochs"] != study.options["epochs"]:
        yield from (f"With {found[0]['epochs']:g} epochs in place of {study.options['epochs']}.", "")
    first = next(iter(study.arms))
    titles = ["recipe", "seeds", *(title for _, title in study.columns.values()), "seconds"]
    yield from (row(titles), row(["---"] * len(titles)))
    for arm in study.arms:
        own = [r for r in found if r["arm"] == arm]
        numbers = [spread(values(own, m), kind) for m, (kind, _) in study.columns.items()]
        yield row([f"`{arm}`", str(len(own)), *numbers, f"{fmean(r['seconds'] for r in own):,.0f}" if own else "–"])
    for arm in study.arms:
        if arm != first:
            numbers = [difference(found, arm, first, m, kind) for m, (kind, _) in study.columns.items()]
            yield row([f"`{arm}` − `{first}`", "", *numbers, ""])
    yield from ("", study.below) if study.below else ()


def command(study: Study, arm: Arm) -> str:
    """What a reader types for one seed."""
    options = {**study.options, **arm.options}
    said = " ".join(f"--{name.replace('_', '-')} {value}" for name, value in options.items())
    return f"jamjae fit {arm.recipe} {study.data} {said} --seed 0"


def row(cells: Iterable[str]) -> str:
    """A line of a table."""
    return "| " + " | ".join(cells) + " |"


def values(results: Iterable[Result], metric: str) -> list[float]:
    """The values of a metric that are there."""
    return [v for r in results if (v := value(r, metric)) is not None]


def value(result: Result, metric: str) -> float | None:
    """What was measured, or else logged; None for neither."""
    found: float | None = result["values"].get(metric, result.get("last", {}).get(metric))
    return found


def spread(found: list[float], kind: str) -> str:
    """Mean and standard error.

    Example:
        >>> spread([0.25, 0.75], "number"), spread([0.5], "share"), spread([], "nats")
        ('0.500 ± 0.250', '50.0%', '–')
    """
    if not found:
        return "–"
    mean = FORMATS[kind].format(fmean(found))
    return f"{mean} ± {FORMATS[kind].format(stdev(found) / len(found) ** 0.5)}" if len(found) > 1 else mean


def difference(found: list[Result], arm: str, other: str, metric: str, kind: str) -> str:
    """Mean of the differences by seed, and its 95 % interval.

    Example:
        >>> runs = [{"arm": a, "seed": s, "values": {"m": v}} for a, s, v in (("x", 0, 1), ("x", 1, 3), ("y", 0, 0))]
        >>> difference([*runs, {"arm": "y", "seed": 1, "values": {"m": 1}}], "x", "y", "m", "nats")
        '+1.50 [-4.85, +7.85]'
    """
    one, two = (
        {r["seed"]: v for r in found if r["arm"] == a and (v := value(r, metric)) is not None} for a in (arm, other)
    )
    seen = over_seeds(one, two)
    sign = "{:+" + FORMATS[kind][2:]
    if seen.value is None:
        return "–"
    if seen.interval is None:
        return sign.format(seen.value) + (f" ({seen.reason})" if seen.pairs > 1 else "")
    return f"{sign.format(seen.value)} [{', '.join(map(sign.format, seen.interval))}]"


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("quality", description=__doc__, formatter_class=formatter)
    parser.add_argument("--only", default=",".join(STUDIES), help="by comma: " + " ".join(STUDIES))
    parser.add_argument("--seeds", type=int, help="seeds 0, 1, ...; otherwise as many as the study has")
    parser.add_argument("--shorter", type=float, default=1.0, help="divide the passes over the data by this")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes, one thread each")
    parser.add_argument("--kept", type=Path, default=KEPT, help="where finished fits are kept")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the tables go")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    """Make what was asked for and write the page."""
    asked = parse(arguments)
    names = among(asked.only, STUDIES)
    found = tournament(names, asked.seeds, asked.shorter, asked.jobs, asked.kept)
    asked.page.write_text(page(found), encoding="utf-8")
    print(asked.page)


if __name__ == "__main__":
    main()
