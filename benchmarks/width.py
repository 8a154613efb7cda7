"""Does the KL term regularise? What an autoencoder and a VAE predict worse on new pictures, over latent width and data.

python -m benchmarks.width                      every fit (about 20 minutes on one core), docs/width.md and its picture
python -m benchmarks.width --seeds 1            fewer

Every finished fit is kept in benchmarks/width.json, and is not made again.
"""

import argparse
import tempfile
from collections.abc import Iterable
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from benchmarks.kept import Result, each, keep, kept

ROOT = Path(__file__).parents[1]
KEPT, PAGE, PICTURE = ROOT / "benchmarks/width.json", ROOT / "docs/width.md", ROOT / "docs/images/width.png"
RECIPES, WIDTHS, EXAMPLES = ("ae", "vae"), (2, 5, 10, 20, 50), (500, 2000, 10000)
STEPS, BATCH, TEST, WATCHED, SEEDS = 3000, 64, 2000, 100, 2
T = {1: 12.706, 2: 4.303}  # Student's t at 97.5 % by degrees of freedom
TEXT = """# Does the KL term regularise?

Study notes say that a code with too much information overfits and that the KL term of a VAE prevents it. So `ae` and
`vae` were fitted to the first {examples} pictures of MNIST (threshold at one half, the same bits at every step, because
bits that change cannot be learned by heart), with codes of {widths} axes, {steps:,} steps of {batch} pictures each,
{seeds} seeds, and judged on {test:,} test pictures.

<!-- not run: takes twenty minutes, and writes this page -->
```console
$ python -m benchmarks.width
```

![What is predicted worse on new pictures, over latent width and number of pictures](images/width.png)

The gap is the metric `generalisation`: the mean prediction of training pictures less that of test pictures, in nats per
picture; of a VAE the ELBO, of an autoencoder the reconstruction alone, because its code has no rate. Below, the gap of
the reconstruction alone for both, so that the same thing is compared. Mean over seeds, with 95 % intervals (Student's
t).
{about}

So the sentence holds where data are few: with 500 and 2,000 pictures and five axes or more, what the autoencoder
restores worse on new pictures is two to six times what the VAE does, and it grows with the width before it falls again.
With two axes, and with 10,000 pictures, both gaps are small and the intervals of two seeds do not tell them apart.
"""


def key(result: Result) -> tuple[Any, ...]:
    """What tells fits apart."""
    return tuple(result[k] for k in ("recipe", "width", "examples", "seed"))


def play(recipe: str, width: int, examples: int, seed: int) -> list[Result]:
    """One fit, and what it predicts of pictures that it knows and of others."""
    import numpy as np
    import torch

    import jamjae as jj
    from jamjae.data import builtin

    torch.set_num_threads(1)
    raw = builtin.load("mnist", 0)
    x = np.asarray(raw.x, np.float32).reshape(-1, 28, 28) / 255
    order = np.random.default_rng(seed).permutation(60_000)[: examples + WATCHED + TEST]
    with tempfile.TemporaryDirectory() as runs:
        steps = {"epochs": STEPS * BATCH / examples, "batch_size": BATCH, "threads": 1, "seed": seed}
        options = {**steps, "binarise": "threshold", "validation": WATCHED, "test": TEST, "latent": width}
        run = jj.fit(recipe, x[order], runs=runs, **options)
        subject = run.subject(limit=TEST)
        gap = run.evaluate(["generalisation"], limit=TEST)["generalisation"]
        restored = distortion(run, subject)
    found = {"recipe": recipe, "width": width, "examples": examples, "seed": seed}
    return [{**found, "gap": round(gap.value, 4), "of": gap.details["of"], "restored": round(restored, 4)}]


def distortion(run: Any, subject: Any) -> float:
    """How much worse new pictures are reconstructed than known ones, in nats."""
    from jamjae.evaluation.generalisation import known

    n = min(TEST, len(subject.train_rows))
    return float(subject.distortions[:n].mean() - known(subject, n).distortions.mean())


def reach(values: list[float]) -> float:
    """Half the 95 % interval of a mean."""
    return T[len(values) - 1] * stdev(values) / len(values) ** 0.5 if len(values) - 1 in T else float("nan")


def found(results: Iterable[Result], recipe: str, width: int, examples: int, name: str) -> list[float]:
    """The numbers of all seeds."""
    return [r[name] for r in results if (r["recipe"], r["width"], r["examples"]) == (recipe, width, examples)]


def page(results: list[Result]) -> str:
    """docs/width.md."""
    lines = ["", "| pictures | axes | `ae` | `vae` |", "| --- | --- | --- | --- |"]
    for examples in EXAMPLES:
        for width in WIDTHS:
            cells = []
            for recipe in RECIPES:
                values = found(results, recipe, width, examples, "restored")
                cells.append(f"{mean(values):.1f} ± {reach(values):.1f}" if values else "not measured")
            lines.append(f"| {examples:,} | {width} | {cells[0]} | {cells[1]} |")
    about = {"steps": STEPS, "batch": BATCH, "test": TEST, "seeds": SEEDS, "about": "\n".join(lines)}
    listed = {"examples": spoken(EXAMPLES), "widths": spoken(WIDTHS)}
    return TEXT.format(**about, **listed)


def spoken(numbers: tuple[int, ...]) -> str:
    """Numbers in a sentence."""
    return f"{', '.join(f'{n:,}' for n in numbers[:-1])} and {numbers[-1]:,}"


def draw(results: list[Result], picture: Path) -> None:
    """A panel for each number of pictures: the gap over the width, a line a recipe."""
    from matplotlib.figure import Figure

    from jamjae.plots import style

    figure = Figure(figsize=(9.6, 3.2), layout="constrained", facecolor="white")
    panels = figure.subplots(1, len(EXAMPLES), sharey=True)
    for axes, examples in zip(panels, EXAMPLES, strict=True):
        style.quiet(axes)
        for recipe, colour in zip(RECIPES, (style.OTHER, style.MAIN), strict=True):
            known = [(w, found(results, recipe, w, examples, "gap")) for w in WIDTHS]
            known = [(w, values) for w, values in known if values]
            bars = [reach(values) for _, values in known]
            widths, heights = [w for w, _ in known], [mean(values) for _, values in known]
            axes.errorbar(widths, heights, bars, color=colour, marker="o", markersize=4, linewidth=1.6, label=recipe)
        axes.set_xscale("log")
        axes.set_xticks(WIDTHS, [str(w) for w in WIDTHS])
        axes.minorticks_off()
        axes.axhline(0, color=style.INK, linewidth=0.8)
        axes.set_title(f"{examples:,} pictures", fontsize=10, loc="left")
        axes.set_xlabel("latent axes", fontsize=9)
    panels[0].set_ylabel("train - test, nats", fontsize=9)
    panels[0].legend(frameon=False, fontsize=9)
    figure.savefig(picture, dpi=150)


def main(arguments: list[str] | None = None) -> None:
    """Make what is not there yet; write the page and the picture."""
    parser = argparse.ArgumentParser("width", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--kept", type=Path, default=KEPT)
    asked = parser.parse_args(arguments)
    results = {key(r): r for r in kept(asked.kept)}
    tasks = [(r, w, n, s) for s in range(asked.seeds) for n in EXAMPLES for w in WIDTHS for r in RECIPES]
    for result in each(play, [t for t in tasks if t not in results], asked.jobs):
        results[key(result)] = result
        keep(asked.kept, results.values(), key)
        print(result, flush=True)
    PAGE.write_text(page(list(results.values())), encoding="utf-8")
    draw(list(results.values()), PICTURE)
    print(PAGE, PICTURE, sep="\n")


if __name__ == "__main__":
    main()
