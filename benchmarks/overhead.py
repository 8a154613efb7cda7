"""What progress, logging, metrics and checkpoints cost: a fit with them, and its steps alone."""

import tempfile
from pathlib import Path

from benchmarks import images
from benchmarks.timing import Method, Options, Table, race


def overhead(options: Options) -> Table:
    """Seconds an epoch."""
    with tempfile.TemporaryDirectory() as folder:
        source = str(Path(folder) / "images.npy")
        note = images.write(Path(source), options.examples)
        given = {"source": source, "threads": options.threads}
        held = {**given, "validation": max(1, min(5000, options.examples // 10))}
        methods = [
            Method("the steps alone", "methods.ours:steps", given),
            Method("fit", "methods.ours:fit", given),
            Method("the steps alone, fewer for validation", "methods.ours:steps", held),
            Method("fit with validation", "methods.ours:fit", held),
        ]
        what = f"Overhead of a fit ({options.examples:,} examples, {options.threads} threads, {options.rounds} rounds)"
        table = Table(what, race(methods, options), notes=[note], clock=options.clock)
    table.aim("fit", "the steps alone", 1.03)
    table.aim("fit with validation", "the steps alone, fewer for validation", 1.03)
    return table
