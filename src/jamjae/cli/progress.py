"""Progress of training: a bar on a terminal, plain lines elsewhere, nothing when quiet."""

import sys
import time
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

from ..training.display import Display

LINES = 30  # at most about so many rows are printed
BELOW = "\n            "  # one player a line, below each other


def watcher(quiet: bool = False, lines: int = LINES) -> Display:
    """The display that suits where the output goes; at most about so many `lines` where it is no terminal."""
    if quiet:
        return Quiet()
    console = Console(highlight=False)
    return Bar(console) if console.is_terminal else Lines(lines)


def complain(text: str) -> None:
    """A warning, on stderr."""
    print(f"jamjae: {text}", file=sys.stderr, flush=True)


def named(values: dict[str, float], between: str = " | ") -> str:
    """Numbers with their names, by player; the norms of gradients are left out.

    Example:
        >>> named({"loss": 21.123, "rate": 0.5})
        'loss 21.12  rate 0.5'
        >>> named({"critic.real": 0.7, "critic.fake": 0.6, "critic.gradient_norm": 3.0, "generator.fooling": 0.8})
        'critic: real 0.7  fake 0.6 | generator: fooling 0.8'
    """
    players: dict[str, list[str]] = {}
    for key, value in values.items():
        player, _, term = key.rpartition(".")
        if term != "gradient_norm":
            players.setdefault(player, []).append(f"{term} {value:.4g}")
    return between.join((f"{player}: " if player else "") + "  ".join(terms) for player, terms in players.items())


def losses(values: dict[str, float]) -> dict[str, float]:
    """The loss of every player.

    Example:
        >>> losses({"loss": 1.0, "rate": 0.5, "critic.loss": 2.0})
        {'loss': 1.0, 'critic.loss': 2.0}
    """
    return {k: v for k, v in values.items() if k.rpartition(".")[2] == "loss"}


class Quiet(Display):
    """Warnings only."""

    def warn(self, text: str) -> None:
        complain(text)


class Lines(Display):
    """One line per row of metrics; of long runs, every second, third, ... row."""

    def __init__(self, lines: int = LINES) -> None:
        self.lines, self.waiting = lines, ""

    def start(self, step: int, total: int, per_epoch: float) -> None:
        self.total, self.next, self.waiting = total, step, ""

    def row(self, row: dict[str, Any]) -> None:
        found = losses(row["validation"])
        validation = f"  | validation {named(found, ', ')}" if found else ""
        validation += f"  | samples: {named(row['samples'])}" if "samples" in row else ""
        head = f"epoch {row['epoch']:.4g}  step {row['step']:,}/{self.total:,}"
        self.waiting = f"{head}  {named(row['train'])}{validation}  ({row['seconds']:.1f} s)"
        if row["step"] >= self.next:
            self.next = row["step"] + self.total // self.lines
            self.stop()

    def note(self, text: str) -> None:
        print(text, flush=True)

    def warn(self, text: str) -> None:
        complain(text)

    def stop(self) -> None:
        if self.waiting:
            print(self.waiting, flush=True)
            self.waiting = ""


class Bar(Display):
    """A bar with speed and time left; below it the named terms and the last validation."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.live: Live | None = None

    def start(self, step: int, total: int, per_epoch: float) -> None:
        columns = ("{task.completed:,.0f}/{task.total:,.0f} steps", "{task.fields[speed]}", "{task.fields[epoch]}")
        self.bar = Progress(BarColumn(30), *map(TextColumn, columns), TimeRemainingColumn(), console=self.console)
        self.task: TaskID = self.bar.add_task("", total=total, completed=step, speed="", epoch="")
        self.per_epoch, self.first, self.begun = per_epoch, step, time.perf_counter()
        self.training, self.validation, self.samples = Text(), Text(style="dim"), Text(style="dim")
        shown = Group(self.bar, self.training, self.validation, self.samples)
        self.live = Live(shown, console=self.console, refresh_per_second=5)
        self.live.start()

    def tick(self, step: int, values: dict[str, float]) -> None:
        speed = (step - self.first) / max(time.perf_counter() - self.begun, 1e-9)
        self.bar.update(self.task, completed=step, speed=f"{speed:,.0f}/s", epoch=f"epoch {step / self.per_epoch:.1f}")
        self.training.plain = f"training    {named(values, BELOW)}"

    def row(self, row: dict[str, Any]) -> None:
        self.tick(row["step"], row["train"])
        if row["validation"]:
            self.validation.plain = f"validation  {named(row['validation'], BELOW)}"
        if "samples" in row:
            self.samples.plain = f"samples     {named(row['samples'])}"

    def note(self, text: str) -> None:
        self.console.print(text, markup=False)

    def warn(self, text: str) -> None:
        self.console.print(text, style="yellow", markup=False)

    def stop(self) -> None:
        if self.live is not None:
            self.live.stop()
            self.live = None
