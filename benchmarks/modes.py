"""Modes found by GANs in the plane: the experiment of the PacGAN paper, beside what it published.

python -m benchmarks.modes                                    10 seeds of everything, on all cores
python -m benchmarks.modes --seeds 3 --epochs 5 --jobs 2      fewer and shorter
python -m benchmarks.modes --only r1-gan --data grid          one recipe, one data set

Every finished game is kept in benchmarks/modes.json, and is not played again; the table goes to docs/modes.md.
"""

import argparse
import math
import os
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from benchmarks.kept import Result, each, keep, kept, whole

ROOT = Path(__file__).parents[1]
KEPT, PAGE = ROOT / "benchmarks/modes.json", ROOT / "docs/modes.md"
EXAMPLES, HELD_OUT, SAMPLES = 100_000, 1_000, 2_500
MODES = {"ring": 8, "grid": 25}
EPOCHS = 25.0


@dataclass(frozen=True)
class Entry:
    """What is played: a recipe with options, and what the paper found (mean and standard error, in percent).

    Arguments:
        recipe: Its name.
        about: What it is, for the table.
        options: Of the fit.
        published: Data set to modes found and share of good samples, as printed in the paper; empty where it has none.
    """

    recipe: str
    about: str
    options: dict[str, Any] = field(default_factory=dict)
    published: dict[str, tuple[str, str]] = field(default_factory=dict)


PAPER = {
    "decoder": "normalised",
    "objective.critic.network": "maxout",
    "lr": 1e-4,
    "optimiser.betas": "0.8,0.999",
    "batch_size": 100,
}
ENTRIES = {
    "gan": Entry(
        "gan", "GAN, as in the paper", PAPER, {"ring": ("6.3 ± 0.5", "98.2 %"), "grid": ("17.3 ± 0.8", "94.8 %")}
    ),
    "pac-gan-2": Entry(
        "gan",
        "PacGAN, packs of 2",
        {**PAPER, "objective.critic.pack": 2},
        {"ring": ("7.9 ± 0.1", "95.6 %"), "grid": ("23.8", "91.3 %")},
    ),
    "pac-gan-4": Entry(
        "gan",
        "PacGAN, packs of 4",
        {**PAPER, "objective.critic.pack": 4},
        {"ring": ("7.8", "95.9 %"), "grid": ("24.8 ± 0.2", "93.6 %")},
    ),
    "r1-gan": Entry("r1-gan", "`r1-gan`: R1 0.1, running mean of the weights, falling learning rate"),
}


# -- one game -------------------------------------------------------------------------------------------------------


def play(name: str, data: str, seed: int, epochs: float, examples: int = EXAMPLES, **options: Any) -> Result:
    """Fit one recipe to one data set with one seed, on one thread, and count the modes of 2,500 samples."""
    import torch

    from benchmarks import paper_networks  # noqa: F401  (its networks can be chosen once they are defined)
    from jamjae.data import builtin
    from jamjae.plan import prepare
    from jamjae.run import begin

    torch.set_num_threads(1)
    raw = {"ring": builtin.ring, "grid": builtin.grid}[data].load(seed, examples + 2 * HELD_OUT)
    entry, held = ENTRIES[name], {"validation": HELD_OUT, "test": HELD_OUT}
    chosen = {"epochs": epochs, "seed": seed, "threads": 1, "latent": 2, **held, **entry.options, **options}
    plan = prepare(entry.recipe, (raw.x, raw.y), **chosen)
    plan = replace(plan, dataset=replace(plan.dataset, name=data, modes=raw.modes))
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        run = whole(begin(plan, runs=folder).train(plan.model, plan.objective))
        seconds = time.perf_counter() - start
        found = counted(torch.from_numpy(run.sample(SAMPLES, seed=seed)), raw.modes)
        troubles = [row["text"] for row in run.rows if row["event"] == "trouble"]
    about = {"name": name, "data": data, "seed": seed, "epochs": epochs, "steps": plan.steps}
    return {**about, **found, "troubles": troubles, "seconds": round(seconds, 1)}


def counted(x: Any, modes: Any) -> Result:
    """Modes found by both rules, share of good samples, and KL(shares of the nearest modes || uniform), in nats."""
    counts, near = modes.counts(x), modes.served(x)
    shares = (near / near.sum())[near > 0].double()
    return {
        "at_least_one": int((counts > 0).sum()),
        "at_least_20": int((counts >= 20).sum()),
        "high_quality": modes.inside(x).double().mean().item(),
        "reverse_kl": (shares * (shares * len(modes)).log()).sum().item(),
    }


# -- many games -----------------------------------------------------------------------------------------------------


def key(result: Result) -> tuple[Any, ...]:
    """What tells games apart."""
    return tuple(result[k] for k in ("data", "name", "epochs", "seed"))


def tournament(wanted: list[tuple[str, str, int, float]], jobs: int, path: Path) -> list[Result]:
    """Play what is not there yet, and keep every game as soon as it ends."""
    found = {key(r): r for r in kept(path)}
    waiting = [w for w in wanted if key(dict(zip(("name", "data", "seed", "epochs"), w, strict=True))) not in found]
    print(f"{len(waiting)} games to play, {len(wanted) - len(waiting)} are there", flush=True)
    for result in each(alone, waiting, jobs):
        found[key(result)] = result
        keep(path, found.values(), key)
        print(line(result), flush=True)
    return list(found.values())


def alone(*task: Any) -> list[Result]:
    """One game as a task that has one result."""
    return [play(*task)]


def line(r: Result) -> str:
    """One game in one line."""
    return (
        f"{r['data']:<5} {r['name']:<10} seed {r['seed']:<3} {r['at_least_one']:>2} modes ({r['at_least_20']} by the "
        f"stricter rule), {r['high_quality']:.1%} good, {r['seconds']:.0f} s"
    )


# -- the page -------------------------------------------------------------------------------------------------------


def spread(values: list[float], digits: int = 1) -> str:
    """Mean and standard error.

    Example:
        >>> spread([7.0, 8.0, 8.0, 8.0]), spread([8.0]), spread([])
        ('7.8 ± 0.2', '8.0', '–')
    """
    if not values:
        return "–"
    mean = f"{fmean(values):.{digits}f}"
    return f"{mean} ± {stdev(values) / math.sqrt(len(values)):.{digits}f}" if len(values) > 1 else mean


def rows(found: list[Result], data: str) -> Iterable[tuple[str, ...]]:
    """The table of one data set; of several lengths, the longest."""
    for name, entry in ENTRIES.items():
        own = [r for r in found if (r["data"], r["name"]) == (data, name)]
        own = [r for r in own if r["epochs"] == max(r["epochs"] for r in own)]
        good = spread([100 * r["high_quality"] for r in own])
        seconds = f"{fmean(r['seconds'] for r in own):,.0f}" if own else "–"
        yield (
            entry.about,
            f"{own[0]['epochs']:g}" if own else "–",
            str(len(own)),
            spread([float(r["at_least_one"]) for r in own]),
            spread([float(r["at_least_20"]) for r in own]),
            f"{good} %" if own else good,
            spread([r["reverse_kl"] for r in own], 2),
            seconds,
            *entry.published.get(data, ("–", "–")),
        )


HEAD = (
    "recipe",
    "epochs",
    "seeds",
    "modes (at least 1 sample)",
    "modes (at least 20)",
    "good samples",
    "reverse KL",
    "seconds",
    "published: modes",
    "published: good",
)
TEXT = """# Modes found in the plane

<!-- not run: takes hours -->
```console
$ make bench-modes
$ make bench-modes ARGS="--seeds 3 --epochs 5 --jobs 2"
```

The experiment of the PacGAN paper (Lin, Khetan, Fanti and Oh, 2018, <https://arxiv.org/abs/1712.04086>, table 1):
100,000 points in eight narrow heaps on a ring or in twenty-five on a grid, codes of two axes, a generator with four
layers of 400 batch-normalised and rectified units, a critic with three layers of 200 maxout units of 5 pieces, Adam
at 1e-4 with beta1 = 0.8, batches of 100. A mode is found if one of 2,500 samples lies within three standard
deviations of its centre; by the stricter rule, if 20 do. A sample is good if it lies within three standard deviations
of some centre; of the data's own law, 98.9 % do. Reverse KL: from the shares of the samples that are nearest to each
centre to equal shares, in nats. Means over seeds, ± one standard error; seconds on one thread.

Other than in the paper: fewer epochs than its 400 (where games of several lengths were played, the longest count), a
batch is 100 examples whatever the pack, and what enters the critic or leaves the generator is scaled by the data's
own deviation. `r1-gan` plays with the networks and settings that it comes with, on the same data.
A game of two epochs is far from its end: those rows say how far it has come, and nothing against packing or the paper.
"""


def page(found: Iterable[Result]) -> str:
    """docs/modes.md."""
    text, found = TEXT, list(found)
    for data, count in MODES.items():
        table = [HEAD, ("---",) * len(HEAD), *rows(found, data)]
        text += f"\n## {data}: {count} modes\n\n" + "\n".join("| " + " | ".join(r) + " |" for r in table) + "\n"
    return text


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("modes", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10, help="seeds 0, 1, ... of everything")
    parser.add_argument("--epochs", type=float, default=EPOCHS, help="passes over 100,000 points; the paper has 400")
    parser.add_argument("--only", default=",".join(ENTRIES), help="by comma: " + " ".join(ENTRIES))
    parser.add_argument("--data", default=",".join(MODES), help="by comma: " + " ".join(MODES))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes, one thread each")
    parser.add_argument("--kept", type=Path, default=KEPT, help="where finished games are kept")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the table goes")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    """Play what was asked for and write the page."""
    asked = parse(arguments)
    names, datasets = asked.only.split(","), asked.data.split(",")
    if unknown := [n for n in names if n not in ENTRIES] + [d for d in datasets if d not in MODES]:
        raise SystemExit(f"unknown {', '.join(unknown)}; there are {', '.join((*ENTRIES, *MODES))}")
    wanted = [(n, d, s, asked.epochs) for s in range(asked.seeds) for d in datasets for n in names]
    found = tournament(wanted, asked.jobs, asked.kept)
    asked.page.write_text(page(found), encoding="utf-8")
    print(asked.page)


if __name__ == "__main__":
    main()
