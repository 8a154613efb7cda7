"""Do completeness and coverage tell data from what is none, and do they tell models apart? On MNIST.

python -m benchmarks.geometry                   fit an autoencoder and a VAE, and write docs/geometry.md (5 minutes)
python -m benchmarks.geometry --epochs 1        shorter
"""

import argparse
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs/geometry.md"
COUNT = 2500
MODELS = ("ae", "vae")
TITLES = {
    "held-out": "held-out digits",
    "pca": "Gaussian on 10 principal components",
    "shrunk": "digits half-way to the mean digit",
    "noise": "mean digit and noise",
    "shuffled": "every pixel from another digit",
    "N(0, I)": "`ae`, codes from N(0, I)",
    "gaussian": "`ae`, codes from a fitted Gaussian",
    "mixture": "`ae`, codes from a fitted mixture of 10",
    "vae": "`vae`, codes from its prior",
}

TEXT = """# What completeness and coverage are worth

<!-- not run: takes five minutes, and writes this page -->
```console
$ python -m benchmarks.geometry
```

Completeness is the share of samples that lie where data lie, coverage the share of the data that has a sample near,
both in units of held-out data (see [the metrics](metrics.md)). They depend on what pictures are compared by. So every
extractor is tried with pictures that are no digits, and an extractor that takes them for digits has no say: its values
stand in the details, and no headline or warning is made of them. That is done anew for every data set; this is MNIST,
{count:,} pictures of each kind, completeness / coverage:

{table}

{verdict}
The headline is made of random convolutions: they need no labels, no download and no training, and are the same for
everybody.

Models of 10 axes, {epochs:g} epochs, one seed: what they show is what the numbers do, not which model is better. What
an autoencoder is worth as a generator depends on what draws its codes: the prior of the VAE, N(0, I), a Gaussian or a
mixture fitted to its codes afterwards. Where the last scores above the VAE, that is a finding and no mistake of the
metric: a prior that is fitted afterwards is part of the model, and has to be named with the number.

## Ways between codes

Continuity asks of the way from one code to another that it has no jumps (smooth), leaves one end steadily for the
other (steady), and passes through the data (on the way, in units of its ends).

{ways}

The cross-fade of two digits is smooth and steady by construction; what it lacks is the data. It is on the data near its
ends and off it in the middle, so its score is far from 0: read scores beside it, not beside 0.

## Where the truth is known

A decoder of a moving disc can be broken on purpose. `tests/test_geometry.py` holds the metrics to this: completeness
follows the share of holes within 0.07, continuity falls when the cells of the code are jumbled, coverage sees a
decoder that shows half of the data, and each of the three is blind to what the others see. A decoder that always
draws the same disc is complete; only coverage tells. So the three are read together.
"""


def main(arguments: list[str] | None = None) -> None:
    """Fit, measure, write."""
    parser = argparse.ArgumentParser("geometry", description=__doc__)
    parser.add_argument("--epochs", type=float, default=8.0)
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args(arguments)
    import jamjae as jj

    with tempfile.TemporaryDirectory() as folder:
        runs = {n: jj.fit(n, "mnist", latent=10, epochs=asked.epochs, threads=1, runs=folder) for n in MODELS}
        subjects = {name: run.subject() for name, run in runs.items()}
        scores = judged(subjects)
        ways = walked(subjects)
    text = TEXT.format(count=COUNT, epochs=asked.epochs, table=table(scores), ways=ways, verdict=verdict(scores))
    asked.page.write_text(text, encoding="utf-8")
    print(asked.page)


def judged(subjects: dict[str, Any]) -> dict[str, dict[str, tuple[float, float]]]:
    """Kind of pictures -> extractor -> completeness and coverage."""
    from dataclasses import replace

    from jamjae.core import isolated
    from jamjae.evaluation.base.controls import controls
    from jamjae.evaluation.base.rivals import rivals
    from jamjae.evaluation.completeness import score

    ae = subjects["ae"]
    fresh = ae.dataset.shown(ae.dataset.rows("test")[COUNT : 2 * COUNT])
    with isolated("controls"):
        kinds = {"held-out": fresh, **controls(fresh)}
        kinds |= {name: x for name, x in rivals(ae, COUNT) if name in TITLES} | {"vae": subjects["vae"].drawn}
        kinds = {name: kinds[name] for name in TITLES}
        pairs = {see.name: (see, view) for see, view in zip(ae.extractors, ae.views, strict=True)}
        found = {
            name: {e: score(replace(v, made=see(x))) for e, (see, v) in pairs.items()} for name, x in kinds.items()
        }
    return {name: {e: (s.value, s.more["coverage"]) for e, s in by.items()} for name, by in found.items()}


def walked(subjects: dict[str, Any]) -> str:
    """The table of continuity."""
    from jamjae.evaluation import evaluate

    rows = [("codes of", "continuity", "smooth", "steady", "on the way", "cross-fade")]
    for name, subject in subjects.items():
        m = evaluate(subject, ["continuity"])["continuity"]
        parts = m.details["by_extractor"][m.details["extractor"]]
        low, high = m.interval
        numbers = (parts["smooth"], parts["steady"], parts["on_path"], m.baseline)
        rows.append((f"`{name}`", f"{m.value:.2f} [{low:.2f}, {high:.2f}]", *(f"{v:.2f}" for v in numbers)))
    return lines(rows)


def table(scores: dict[str, dict[str, tuple[float, float]]]) -> str:
    """Markdown."""
    extractors = list(next(iter(scores.values())))
    rows = [("pictures", *extractors)]
    rows += [(TITLES[n], *(f"{c:.2f} / {v:.2f}" for c, v in by.values())) for n, by in scores.items()]
    return lines(rows)


def lines(rows: list[tuple[str, ...]]) -> str:
    """A table whose first row is its head."""
    head, *rest = rows
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ("---",) * len(head), *rest])


def verdict(scores: dict[str, dict[str, tuple[float, float]]]) -> str:
    """Which extractors rank held-out digits above the samples of the VAE and these above every control, in both."""
    right = [e for e in next(iter(scores.values())) if ranked({name: by[e] for name, by in scores.items()})]
    wrong = [e for e in next(iter(scores.values())) if e not in right]
    said = "Held-out digits rank above the VAE's samples, and these above every control, by"
    return f"{said} {named(right)}; not so by {named(wrong)}."


def ranked(by: dict[str, tuple[float, float]]) -> bool:
    """Whether both numbers put digits first and every control last."""
    controls = [by[name] for name in ("pca", "shrunk", "noise", "shuffled")]
    return all(by["held-out"][i] > by["vae"][i] > max(c[i] for c in controls) for i in (0, 1))


def named(names: Iterable[str]) -> str:
    """Names in a row of words."""
    return " and ".join(names) or "none"


if __name__ == "__main__":
    main()
