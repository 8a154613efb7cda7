"""Encoding in batches, against the encoder's matrix products."""

from benchmarks.timing import Method, Options, Table, race

BATCHES = (128, 256, 512)


def encode(options: Options) -> Table:
    """Seconds for as many pictures as an epoch has."""
    methods = []
    for batch in BATCHES:
        size = {"batch": batch, "batches": max(1, options.examples // batch)}
        methods.append(Method(f"floor, batch {batch}", "methods.encoding:products", size))
        methods.append(Method(f"jamjae encode, batch {batch}", "methods.encoding:ours", size))
    what = f"Encoding {options.examples:,} pictures ({options.threads} threads, {options.rounds} rounds)"
    table = Table(what, race(methods, options), clock=options.clock)
    for batch in BATCHES:
        table.aim(f"jamjae encode, batch {batch}", f"floor, batch {batch}", 1 / 0.85)
    return table
