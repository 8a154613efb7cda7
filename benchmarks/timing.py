"""Methods side by side: one living process each, a round of each in turn, ratios round by round."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Options:
    """How to measure.

    Arguments:
        examples: Training examples of an epoch.
        rounds: Rounds that count; one more comes first and does not.
        threads: CPU threads of every method.
        clock: "seconds" of the wall, or "cpu" seconds of the process; with one thread, these hold on a busy machine.
        peers: Whether to run other toolkits.
    """

    examples: int = 60_000
    rounds: int = 7
    threads: int = os.cpu_count() or 1
    clock: str = "seconds"
    peers: bool = True


@dataclass(frozen=True)
class Method:
    """A function `module:name` below `benchmarks`, called with the gate and the options.

    Arguments:
        name: What the table calls it.
        target: Where it is.
        options: Its arguments.
        needs: A package that must be installed; a method that needs one is a peer.
    """

    name: str
    target: str
    options: dict[str, Any] = field(default_factory=dict)
    needs: str = ""

    def absent(self, options: Options) -> str:
        """Why it cannot run; empty when it can."""
        if self.needs and not options.peers:
            return "peers are switched off"
        return f"{self.needs} is not installed" if self.needs and find_spec(self.needs) is None else ""


@dataclass
class Lane:
    """What a method cost, round by round; `first`: the round that warmed up; `why`: why it did not run."""

    name: str
    rounds: list[dict[str, float]] = field(default_factory=list)
    why: str = ""
    first: dict[str, float] = field(default_factory=dict)

    def values(self, key: str) -> list[float]:
        """One cost of every round."""
        return [r[key] for r in self.rounds]

    def over(self, other: "Lane", key: str) -> list[float]:
        """Ratios to another lane, round by round."""
        return [a / b for a, b in zip(self.values(key), other.values(key), strict=False)]


@dataclass(frozen=True)
class Goal:
    """A bound on a list of values: `median <= limit`."""

    what: str
    limit: float
    values: list[float]
    unit: str = "x"

    @property
    def met(self) -> bool:
        """Whether the median keeps the limit."""
        return median(self.values) <= self.limit

    def __str__(self) -> str:
        verdict = "met" if self.met else "NOT met"
        return f"{self.what:<58} {spread(self.values, self.unit):<34} goal <= {self.limit:g}{self.unit:<4} {verdict}"


@dataclass
class Table:
    """One workload: the lanes, the first of which is the unit of the ratios, and the goals."""

    title: str
    lanes: list[Lane]
    goals: list[Goal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    clock: str = "seconds"

    def lines(self) -> list[str]:
        """The table as text."""
        ran = [lane for lane in self.lanes if lane.rounds]
        base = ran[0] if ran else None
        head = [f"## {self.title}", *self.notes]
        if base is not None:
            head.append(f"{'method':<44} {self.clock + ' a round':>18}  {'x ' + base.name:<34} {'peak MB':>8}")
        rows = [self._row(lane, base) if lane.rounds else f"{lane.name:<44} skipped: {lane.why}" for lane in self.lanes]
        return [*head, *rows, *map(str, self.goals), ""]

    def _row(self, lane: Lane, base: Lane | None) -> str:
        ratios = spread(lane.over(base, self.clock)) if base else ""
        memory = f"{max(lane.values('rss')):.0f}" if "rss" in lane.rounds[0] else "-"
        return f"{lane.name:<44} {median(lane.values(self.clock)):>18.4g}  {ratios:<34} {memory:>8}"

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)

    def lane(self, name: str) -> Lane:
        """The lane of that name."""
        return next(lane for lane in self.lanes if lane.name == name)

    def aim(self, name: str, against: str, limit: float) -> None:
        """A goal on the ratio of two lanes, if both ran."""
        a, b = self.lane(name), self.lane(against)
        if a.rounds and b.rounds:
            self.goals.append(Goal(f"{name} / {against}", limit, a.over(b, self.clock)))


def spread(values: Sequence[float], unit: str = "") -> str:
    """Median, smallest and largest value.

    Example:
        >>> spread([0.5, 0.25, 1.0])
        '0.5 [0.25, 1]'
    """
    return f"{median(values):.3g}{unit} [{min(values):.3g}, {max(values):.3g}]"


class Running:
    """A method's living process."""

    def __init__(self, method: Method, threads: int, log: Path) -> None:
        self.method, self.log = method, log
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
        command = [sys.executable, "-m", "benchmarks.worker", method.target, json.dumps(method.options)]
        with log.open("w") as err:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=err, text=True
            )
        if threads < (os.cpu_count() or 1) and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(self.process.pid, range(threads))  # JAX counts the cores that it may use

    def ready(self) -> dict[str, float]:
        """What the last turn cost, once it is over."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.method.name} ended early:\n{self.log.read_text()[-2000:]}")
        found: dict[str, float] = json.loads(line)
        return found

    def turn(self) -> dict[str, float]:
        """One round."""
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return self.ready()

    def end(self) -> None:
        """No more turns."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def say(text: str) -> None:
    """Tell whoever waits."""
    print(f"    {text}", file=sys.stderr, flush=True)


def race(methods: Sequence[Method], options: Options) -> list[Lane]:
    """Set every method up, then a round of each in turn; the first round of each warms up and does not count."""
    lanes = [Lane(m.name, why=m.absent(options)) for m in methods]
    with tempfile.TemporaryDirectory() as logs:
        running: list[tuple[Lane, Running]] = []
        try:
            for number, (method, lane) in enumerate(zip(methods, lanes, strict=True)):
                if not lane.why:
                    process = Running(method, options.threads, Path(logs) / f"{number}.log")
                    running.append((lane, process))
                    ready, lane.first = process.ready()["seconds"], process.turn()
                    say(f"{method.name}: ready after {ready:.1f} s, first round {lane.first['seconds']:.1f} s")
            for turn in range(options.rounds if running else 0):
                say(f"round {turn + 1} of {options.rounds}")
                for lane, process in running[turn % len(running) :] + running[: turn % len(running)]:
                    lane.rounds.append(process.turn())
        finally:
            for _, process in running:
                process.end()
    return lanes
