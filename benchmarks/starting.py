"""How long `jamjae --help` and `import jamjae` take, against `import torch`."""

import resource
import subprocess
import sys
import time

from benchmarks.timing import Goal, Lane, Options, Table

PROGRAMS = {
    "import torch": "import torch",
    "import jamjae": "import jamjae",
    "jamjae.fit": "import jamjae; jamjae.fit",
    "jamjae --help": "import sys; sys.argv = ['jamjae', '--help']; from jamjae.cli import main; main()",
    "jamjae fit --help": "import sys; sys.argv = ['jamjae', 'fit', '--help']; from jamjae.cli import main; main()",
}


def start(options: Options) -> Table:
    """Seconds of a fresh process."""
    lanes = [Lane(name) for name in PROGRAMS]
    for turn in range(options.rounds + 1):
        for lane in lanes:
            cost = once(PROGRAMS[lane.name])
            if turn:
                lane.rounds.append(cost)
    table = Table(f"Starting ({options.rounds} rounds)", lanes, clock=options.clock)
    torch, jamjae, helps = (
        table.lane(n).values(options.clock) for n in ("import torch", "jamjae.fit", "jamjae --help")
    )
    table.goals.append(Goal("jamjae --help", 0.3, helps, " s"))
    beyond = [a - b for a, b in zip(jamjae, torch, strict=True)]
    table.goals.append(Goal("import jamjae and touch jamjae.fit, beyond import torch", 0.1, beyond, " s"))
    return table


def once(program: str) -> dict[str, float]:
    """A fresh process: seconds of the wall and of the CPU."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=False, stdout=subprocess.DEVNULL)
    seconds, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": seconds, "cpu": cpu}
