"""Run as many of the slow tests as fit into a time, starting at a different place for every commit.

The tests form a ring; the number of commits chooses where to start, so that a few runs together cover all of them.
Red when a test fails or when one chunk takes longer than `--chunk-minutes`.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import groupby

STRIDE = 7919  # a prime: neighbouring commits start far apart, and every start comes up
NOTHING_COLLECTED = 5  # pytest's exit status
CHUNK = 8


def pytest(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    """One pytest process, one thread per worker."""
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    return subprocess.run(command, env=os.environ | {"OMP_NUM_THREADS": "1"}, text=True, **options)  # type: ignore[call-overload, no-any-return]


def collect(marker: str) -> list[str]:
    """The ids of the tests with a marker.

    Raises:
        SystemExit: If collection fails; nothing to collect is no failure.
    """
    found = pytest("-m", marker, "--collect-only", "--no-header", stdout=subprocess.PIPE)
    if found.returncode not in (0, NOTHING_COLLECTED):
        print(found.stdout)
        raise SystemExit(found.returncode)
    return [line for line in found.stdout.splitlines() if "::" in line]


def rotated(tests: Sequence[str], commits: int) -> list[str]:
    """The ring of tests, begun where this commit begins."""
    start = commits * STRIDE % len(tests) if tests else 0
    return [*tests[start:], *tests[:start]]


def chunks(tests: Sequence[str]) -> Iterator[list[str]]:
    """Neighbours from the same file, at most `CHUNK` at a time: they may share an expensive fixture."""
    for _, same in groupby(tests, key=lambda test: test.partition("::")[0]):
        one_file = list(same)
        for start in range(0, len(one_file), CHUNK):
            yield one_file[start : start + CHUNK]


def commits() -> int:
    """How many commits led here; 0 outside a repository."""
    count = subprocess.run(["git", "rev-list", "--count", "HEAD"], capture_output=True, text=True)
    return int(count.stdout) if count.returncode == 0 else 0


def spend(tests: Sequence[str], minutes: float, chunk_minutes: float) -> tuple[list[str], list[str]]:
    """Run chunks until the time is spent: (ids that ran, chunks that failed)."""
    end, ran, failed = time.monotonic() + 60 * minutes, list[str](), list[str]()
    for chunk in chunks(tests):
        if time.monotonic() > end:
            break
        print(*chunk, sep="\n", flush=True)
        try:
            status = pytest("-m", "", "-n", "2", *chunk, timeout=60 * chunk_minutes).returncode
        except subprocess.TimeoutExpired:
            print(f"stopped after {chunk_minutes} minutes", flush=True)
            status = 1
        ran += chunk
        failed += chunk if status else []
    return ran, failed


def main() -> int:
    """Spend the time, then say what ran, what failed and what was left for another commit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--chunk-minutes", type=float, default=15)
    parser.add_argument("--marker", default="slow")
    options = parser.parse_args()
    tests = rotated(collect(options.marker), commits())
    ran, failed = spend(tests, options.minutes, options.chunk_minutes)
    left = tests[len(ran) :]
    print(f"slow tests: {len(tests)} in all, {len(ran)} ran, {len(failed)} in chunks that failed, {len(left)} left")
    for what, ids in (("failed", failed), ("left", left)):
        print("".join(f"{what}: {test}\n" for test in ids), end="")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
