"""log p(x) by 5,000 draws: `jamjae evaluate` against pythae's get_nll and the decoder's matrix products."""

import tempfile
from pathlib import Path
from statistics import mean, stdev

from benchmarks import images
from benchmarks.methods import bounds
from benchmarks.timing import Goal, Lane, Method, Options, Table, race

STEPS = 300  # of training before the model is judged


def iwae(options: Options, samples: int = 5000, count: int = 83) -> Table:
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
    agree(table, table.lane("jamjae"), table.lane("pythae get_nll (batch 100)"))
    return table


def agree(table: Table, ours: Lane, theirs: Lane) -> None:
    """The two estimates: equal on the same draws; means and spreads over the rounds, each with its own draws.

    The spreads are no judge: a few huge weights decide the bound of a model that was hardly trained.
    """
    if not theirs.rounds or len(ours.rounds) < 2:
        return
    means = [f"{mean(lane.values('bound')):.2f} (sd {stdev(lane.values('bound')):.2f})" for lane in (ours, theirs)]
    table.notes.append(f"Bounds over the rounds, in nats: jamjae {means[0]}, pythae {means[1]}.")
    what = "largest difference to get_nll on the same 100 draws"
    table.goals.append(Goal(what, 1e-3, theirs.values("difference"), " nats"))
