"""What progress, logging, metrics and checkpoints cost: an epoch of a fit, and the steps within it."""

import tempfile
from itertools import pairwise
from pathlib import Path

from benchmarks import images
from benchmarks.timing import Lane, Method, Options, Table, race


def overhead(options: Options) -> Table:
    """Seconds an epoch; both clocks run in the same process, so the ratio is hardly disturbed by others."""
    with tempfile.TemporaryDirectory() as folder:
        source = str(Path(folder) / "images.npy")
        note = images.write(Path(source), options.examples)
        given = {"source": source, "threads": options.threads}
        held = {**given, "validation": max(1, min(5000, options.examples // 10))}
        methods = [
            Method("fit", "methods.ours:parted", given),
            Method("fit with validation", "methods.ours:parted", held),
        ]
        lanes = race(methods, options)
    what = f"Overhead of a fit ({options.examples:,} examples, {options.threads} threads, {options.rounds} rounds)"
    pairs = [pair for lane in lanes for pair in (steps_of(lane), lane)]
    table = Table(what, pairs, notes=[note], clock=options.clock)
    for lane in lanes:
        table.aim(lane.name, f"{lane.name}: the steps alone", 1.03)
    return table


def steps_of(lane: Lane) -> Lane:
    """The steps of a fit, round by round; the worker's clocks only ever run on."""
    found = Lane(f"{lane.name}: the steps alone")
    rounds = [lane.first, *lane.rounds]
    for before, after in pairwise(rounds):
        cost = {key: after[f"steps_{key}"] - before[f"steps_{key}"] for key in ("seconds", "cpu")}
        found.rounds.append(cost | {"rss": after["rss"]})
    return found
