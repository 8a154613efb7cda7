"""Time is linear in the number of examples, and memory grows by the examples alone."""

import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks import images
from benchmarks.timing import Goal, Method, Options, Table, race

FACTORS = (1, 2, 4)
MB = 784 / 2**20  # of one 8-bit picture


def growth(options: Options) -> Table:
    """Seconds an epoch of n, 2n and 4n examples, n a quarter of the usual number."""
    n = max(4, options.examples // 4)
    with tempfile.TemporaryDirectory() as folder:
        methods = []
        for factor in FACTORS:
            source = Path(folder) / f"{factor}.npy"
            note = images.write(source, factor * n)
            given = {"source": str(source), "threads": options.threads}
            methods.append(Method(f"jamjae, {factor * n:,} examples", "methods.ours:fit", given))
        what = f"Growth ({options.threads} threads, {options.rounds} rounds)"
        table = Table(what, race(methods, replace(options)), notes=[note], clock=options.clock)
    one, *more = table.lanes
    for factor, lane in zip(FACTORS[1:], more, strict=True):
        values = [r / factor for r in lane.over(one, options.clock)]
        table.goals.append(Goal(f"{lane.name}, per example, / n", 1.05, values))
        grown = max(lane.values("rss")) - max(one.values("rss"))
        room = 3 * (factor - 1) * n * MB + 10  # the data, a copy of it while it is read, and its order
        table.goals.append(Goal(f"{lane.name}, more memory than n", round(room), [grown], " MB"))
    return table
