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


def watcher(quiet: bool = False, lines: int = LINES) -> Display:
    """The display that suits where the output goes; at most about so many `lines` where it is no terminal."""
    if quiet:
        return Quiet()
    console = Console(highlight=False)
    return Bar(console) if console.is_terminal else Lines(lines)


def complain(text: str) -> None:
    """A warning, on stderr."""
    print(f"jamjae: {text}", file=sys.stderr, flush=True)


def named(values: dict[str, float]) -> str:
    """Numbers with their names.

    Example:
        >>> named({"loss": 21.123, "rate": 0.5})
        'loss 21.12  rate 0.5'
    """
    return "  ".join(f"{k} {v:.4g}" for k, v in values.items())


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
        train = {k: v for k, v in row["train"].items() if not k.endswith("gradient_norm")}
        validation = f"  | validation loss {row['validation']['loss']:.4g}" if "loss" in row["validation"] else ""
        head = f"epoch {row['epoch']:.4g}  step {row['step']:,}/{self.total:,}"
        self.waiting = f"{head}  {named(train)}{validation}  ({row['seconds']:.1f} s)"
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
        self.training, self.validation = Text(), Text(style="dim")
        self.live = Live(Group(self.bar, self.training, self.validation), console=self.console, refresh_per_second=5)
        self.live.start()

    def tick(self, step: int, values: dict[str, float]) -> None:
        speed = (step - self.first) / max(time.perf_counter() - self.begun, 1e-9)
        self.bar.update(self.task, completed=step, speed=f"{speed:,.0f}/s", epoch=f"epoch {step / self.per_epoch:.1f}")
        self.training.plain = f"training    {named({k: v for k, v in values.items() if 'gradient_norm' not in k})}"

    def row(self, row: dict[str, Any]) -> None:
        self.tick(row["step"], row["train"])
        if row["validation"]:
            self.validation.plain = f"validation  {named(row['validation'])}"

    def note(self, text: str) -> None:
        self.console.print(text, markup=False)

    def warn(self, text: str) -> None:
        self.console.print(text, style="yellow", markup=False)

    def stop(self) -> None:
        if self.live is not None:
            self.live.stop()
            self.live = None
