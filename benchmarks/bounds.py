"""log p(x) by 5,000 draws: `jamjae evaluate` against pythae's get_nll and the decoder's matrix products."""

import math
import tempfile
from pathlib import Path
from statistics import mean, stdev

from benchmarks import images
from benchmarks.methods import bounds
from benchmarks.timing import Goal, Lane, Method, Options, Table, race

STEPS = 300  # of training before the model is judged


def iwae(options: Options, samples: int = 5000, count: int = 10) -> Table:
    """Seconds for `count` images."""
    with tempfile.TemporaryDirectory() as folder:
        source, weights = str(Path(folder) / "images.npy"), Path(folder) / "weights.pt"
        note = images.write(Path(source), max(count, min(5000, options.examples)))
        bounds.save(source, weights, STEPS if options.examples > 1000 else 2)
        size = {"samples": samples, "images": count}
        given = {"source": source, "weights": str(weights), **size}
        methods = [
            Method("pythae get_nll (batch 100)", "methods.with_pythae:nll", {**given, "batch": 100}, "pythae"),
            Method("pythae get_nll (batch 1000)", "methods.with_pythae:nll", {**given, "batch": 1000}, "pythae"),
            Method("jamjae", "methods.bounds:ours", given),
            Method("jamjae bf16", "methods.bounds:ours", {**given, "dtype": "bfloat16"}),
            Method("floor fp32", "methods.bounds:decoder", size),
        ]
        what = f"IWAE-{samples} of {count} images ({options.threads} threads, {options.rounds} rounds)"
        table = Table(what, race(methods, options), notes=[note], clock=options.clock)
    table.aim("jamjae", "pythae get_nll (batch 100)", 1 / 5)
    table.aim("jamjae bf16", "pythae get_nll (batch 100)", 1 / 9)
    table.goals += agreement(table.lane("jamjae"), table.lane("pythae get_nll (batch 100)"))
    return table


def agreement(ours: Lane, theirs: Lane) -> list[Goal]:
    """|difference| of the mean bounds over its standard error, from the rounds (each draws afresh); at most 3."""
    a, b = ours.values("bound"), theirs.values("bound")
    if min(len(a), len(b)) < 3:
        return []
    error = math.sqrt(stdev(a) ** 2 / len(a) + stdev(b) ** 2 / len(b))
    what = f"estimates agree: {mean(a):.3f} and {mean(b):.3f} nats, difference / error"
    return [Goal(what, 3.0, [abs(mean(a) - mean(b)) / max(error, 1e-9)], "")]
