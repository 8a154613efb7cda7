"""Missing cells filled in by `miwae` and by scikit-learn, on tables whose cells are known and were hidden.

JAMJAE_DATA=FOLDER python -m benchmarks.imputation     every fit (about half an hour on one core), docs/imputation.md

FOLDER/adbench holds the tables of ADBench (Han et al. 2022) as .npz files. Every finished fit is kept in
benchmarks/imputation.json, and is not made again.
"""

import argparse
import math
import os
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from benchmarks.kept import Result, each, keep, kept

ROOT = Path(__file__).parents[1]
KEPT, PAGE = ROOT / "benchmarks/imputation.json", ROOT / "docs/imputation.md"
MARKS = ("<!-- table -->\n", "<!-- end of table -->\n")
# The first five in the alphabet that have 300 to 10,000 rows and six columns or more, none of which holds one value in
# more than four fifths of the rows.
TABLES = ("12_fault", "18_Ionosphere", "19_landsat", "20_letter", "27_PageBlocks")
METHODS = ("miwae", "mean", "knn", "iterative", "trees")
ROWS, SHARE, INTERVAL, STEPS, SEEDS = 1000, 0.2, 0.9, 2000, 5
T = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776}  # Student's t at 97.5 % by degrees of freedom


def key(result: Result) -> tuple[Any, ...]:
    """What tells results apart."""
    return tuple(result[k] for k in ("seed", "table", "method"))


def hidden(table: str, seed: int) -> tuple[Any, Any]:
    """At most 1,000 rows in standard units, and which cells of them are hidden: each with probability 0.2."""
    import numpy as np

    with np.load(Path(os.environ["JAMJAE_DATA"]) / f"adbench/{table}.npz") as file:
        x = file["X"].astype(float)
    random = np.random.default_rng(seed)
    x = x[np.sort(random.permutation(len(x))[:ROWS])]
    x = x[:, x.std(0) > 0]
    return (x - x.mean(0)) / x.std(0), random.random(x.shape) < SHARE


def play(seed: int, table: str, method: str) -> list[Result]:
    """One table filled in by one method: the error of its hidden cells in standard units."""
    import numpy as np

    x, gone = hidden(table, seed)
    begun = time.process_time()
    filled, more = FILLERS[method](np.where(gone, np.nan, x), x, gone, seed)
    error = math.sqrt(np.square(filled - x)[gone].mean())
    about = {"seed": seed, "table": table, "method": method, "error": round(error, 5)}
    return [{**about, **more, "seconds": round(time.process_time() - begun, 1)}]


def miwae(gaps: Any, x: Any, gone: Any, seed: int) -> tuple[Any, Result]:
    """The recipe with its defaults, on all rows but a tenth for validation; and how often its intervals cover."""
    import numpy as np

    import jamjae as jj

    with tempfile.TemporaryDirectory() as runs:
        epochs = STEPS * 128 / (0.9 * len(x))
        run = jj.fit("miwae", gaps, missing=True, test=0, epochs=epochs, log_every=50, seed=seed, runs=runs)
        found = run.impute(gaps, interval=INTERVAL, draws=0, seed=seed)
    below, above = found.values - found.low, found.high - found.values
    misses = np.where(x < found.values, (found.values - x) / below, (x - found.values) / above)[gone]
    own = (misses * np.broadcast_to(found.factors, x.shape)[gone] <= 1).mean()  # as wide as before they were stretched
    return found.values, {"cover": round(float((misses <= 1).mean()), 4), "own": round(float(own), 4)}


def sklearn(make: Callable[[int], Any]) -> Callable[..., tuple[Any, Result]]:
    """An imputer of scikit-learn."""

    def fill(gaps: Any, x: Any, gone: Any, seed: int) -> tuple[Any, Result]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # not converged after the default number of rounds
            return make(seed).fit_transform(gaps), {}

    return fill


def iterative(seed: int, trees: bool = False) -> Any:
    """A regression of every column on the others, in turn: Bayesian ridge, or ten randomised trees."""
    from sklearn.ensemble import ExtraTreesRegressor
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401
    from sklearn.impute import IterativeImputer

    if trees:
        return IterativeImputer(ExtraTreesRegressor(10, random_state=seed), max_iter=5, random_state=seed)
    return IterativeImputer(random_state=seed)


def simple(seed: int) -> Any:
    """The mean of the column."""
    from sklearn.impute import SimpleImputer

    return SimpleImputer()


def nearest(seed: int) -> Any:
    """The mean of the five nearest rows."""
    from sklearn.impute import KNNImputer

    return KNNImputer()


FILLERS = {
    "miwae": miwae,
    "mean": sklearn(simple),
    "knn": sklearn(nearest),
    "iterative": sklearn(iterative),
    "trees": sklearn(lambda seed: iterative(seed, trees=True)),
}


NAMES = {
    "miwae": "`miwae`",
    "mean": "mean of the column",
    "knn": "5 nearest rows",
    "iterative": "iterative, Bayesian ridge",
    "trees": "iterative, 10 trees",
}


def table(results: list[Result]) -> str:
    """Errors and coverage by table, and the differences on average over tables."""
    found = {key(r): r for r in results}
    seeds = {m: [s for s in range(SEEDS) if all((s, t, m) in found for t in TABLES)] for m in METHODS}

    def average(what: str, method: str, tables: tuple[str, ...]) -> float:
        return mean(found[s, t, method][what] for s in seeds[method] for t in tables)

    lines = [f"| table | {' | '.join(NAMES.values())} | covered | own intervals |", "| --- " * (len(METHODS) + 3) + "|"]
    for name, tables in [*((t.partition("_")[2], (t,)) for t in TABLES), ("**mean**", TABLES)]:
        errors = [f"{average('error', m, tables):.3f}" for m in METHODS]
        shares = [f"{average(what, 'miwae', tables):.1%}" for what in ("cover", "own")]
        lines.append(f"| {name} | {' | '.join(errors + shares)} |")
    heads = ("`miwae` less ...", "mean", "these tables, other cells", "other tables", "lower on", "seeds")
    lines += ["", f"| {' | '.join(heads)} |", "| --- " * len(heads) + "|"]
    return "\n".join([*lines, *(against(found, seeds[m], m) for m in METHODS[1:]), ""])


def against(found: dict[tuple[Any, ...], Result], seeds: list[int], method: str) -> str:
    """The difference to one method: its mean, and 95 % intervals for other seeds and for other tables."""
    gaps = {(s, t): found[s, t, "miwae"]["error"] - found[s, t, method]["error"] for s in seeds for t in TABLES}
    by_seed = [mean(gaps[s, t] for t in TABLES) for s in seeds]
    by_table = [mean(gaps[s, t] for s in seeds) for t in TABLES]
    lower = f"{sum(d < 0 for d in by_table)} of {len(TABLES)} tables"
    told = (NAMES[method], f"{mean(by_seed):+.3f}", half(by_seed), half(by_table), lower, str(len(seeds)))
    return f"| {' | '.join(told)} |"


def half(values: list[float]) -> str:
    """Half the length of a 95 % interval for the mean."""
    count = len(values)
    return f"± {T[count - 1] * stdev(values) / math.sqrt(count):.3f}" if count > 1 else ""


def main(arguments: list[str] | None = None) -> None:
    """Make what is not there yet; write the table into the page."""
    parser = argparse.ArgumentParser("imputation", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--kept", type=Path, default=KEPT)
    asked = parser.parse_args(arguments)
    results = {key(r): r for r in kept(asked.kept)}
    tasks = [(s, t, m) for s in range(asked.seeds) for t in TABLES for m in METHODS]
    for result in each(play, [t for t in tasks if t not in results], asked.jobs):
        results[key(result)] = result
        keep(asked.kept, results.values(), key)
        print(result, flush=True)
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(MARKS[0])
    PAGE.write_text(before + MARKS[0] + table(list(results.values())) + MARKS[1] + rest.partition(MARKS[1])[2], "utf-8")
    print(PAGE)


if __name__ == "__main__":
    main()
