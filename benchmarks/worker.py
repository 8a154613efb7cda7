"""The process of one method: it sets itself up, runs a round each time it is told to, and says what that cost."""

import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

PER_MB = 1024 * (1024 if sys.platform == "darwin" else 1)  # ru_maxrss: kilobytes on Linux, bytes on macOS


class Gate:
    """Where a method waits for its turn. `for _ in gate: one_round()`, or `gate.wait()` between two rounds.

    Arguments:
        out: Where the costs go, one JSON object a line.
    """

    def __init__(self, out: Any) -> None:
        self.out, self.facts = out, {}
        self.start()

    def __iter__(self) -> Iterator[None]:
        while True:
            self.wait()
            yield

    def wait(self) -> None:
        """Say what the time since the last turn cost, then wait for the next one; leave when there is none."""
        cost = {"seconds": time.perf_counter() - self.wall, "cpu": time.process_time() - self.cpu, "rss": peak()}
        print(json.dumps(cost | self.facts), file=self.out, flush=True)
        if not sys.stdin.readline():
            raise SystemExit
        self.start()

    def start(self) -> None:
        """The clocks of a turn."""
        self.wall, self.cpu = time.perf_counter(), time.process_time()


def peak() -> float:
    """Most memory that this process ever held, in MB.

    Not from `getrusage` where it can be helped: Linux starts that count at the size of the parent.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / PER_MB


def main() -> None:
    """`python -m benchmarks.worker module:function '{"option": value}'`."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a method prints goes to stderr, which the parent keeps in a file
    target, options = sys.argv[1], json.loads(sys.argv[2])
    module, _, function = target.partition(":")
    getattr(import_module(f"benchmarks.{module}"), function)(Gate(out), **options)


if __name__ == "__main__":
    main()
