"""Measurements as a table, and progress while they are made."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from ..evaluation import Measurement

HEAD = ("metric", "value", "95 % interval", "baseline", "what it says")


@contextmanager
def progress() -> Iterator[Callable[[str, int, int, bool], None] | None]:
    """Two bars on a terminal, the metrics and the pass over examples that is under way; None elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = TextColumn("{task.description}"), BarColumn(30), MofNCompleteColumn(), TimeRemainingColumn(compact=True)
    with Progress(*columns, console=console, transient=True) as bars:
        metrics, parts = bars.add_task("", total=None), {}

        def tell(name: str, done: int, total: int, part: bool) -> None:
            if not part:
                bars.update(metrics, description=name, completed=done, total=total)
            elif name not in parts:
                for earlier in parts.values():
                    bars.update(earlier, visible=False)
                parts[name] = bars.add_task(f"  {name}", completed=done, total=total)
            else:
                bars.update(parts[name], completed=done, total=total, visible=True)

        yield tell


def show(measurements: list[Measurement]) -> None:
    """Print them: a table on a terminal, aligned text elsewhere; warnings below, and what has no value and why."""
    rows = [cells(m) for m in measurements if m.value is not None]
    console = Console(highlight=False)
    if rows and console.is_terminal:
        console.print(drawn(rows))
    elif rows:
        print("\n".join(aligned([HEAD, *rows])))
    for m in measurements:
        if m.flag:
            print(f"{m.name}: {m.flag}")
    for reason, names in undefined(measurements).items():
        print(f"undefined: {', '.join(names)}: {reason}")
    if budget := next((m.details["budget"] for m in measurements if "budget" in m.details), None):
        print("budget: {examples:,} of {of:,} test examples, {draws:,} draws each; took {took:.0f} s".format(**budget))
    if given := {str(m.details["given"]) for m in measurements if m.details.get("given")}:
        print(f"given: the {' and '.join(given)} of every example; a likelihood is log p(x | {' and '.join(given)})")


def undefined(measurements: list[Measurement]) -> dict[str, list[str]]:
    """The names of those without a value, by reason."""
    found: dict[str, list[str]] = {}
    for m in measurements:
        if m.value is None:
            found.setdefault(m.reason, []).append(m.name)
    return found


def cells(m: Measurement) -> tuple[str, ...]:
    """One row of the table."""
    interval = f"{m.interval[0]:.4g} to {m.interval[1]:.4g}" if m.interval else ""
    baseline = f"{m.baseline:.4g} ({m.baseline_name})" if m.baseline is not None else ""
    return m.name, f"{m.value:.4g} {m.unit}" + " !" * bool(m.flag), interval, baseline, m.title


def drawn(rows: list[tuple[str, ...]]) -> Table:
    """The rows as a table for a terminal."""
    table = Table(*HEAD, box=None, header_style="dim", pad_edge=False)
    for row in rows:
        table.add_row(*row)
    return table


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """The rows as lines with columns.

    Example:
        >>> aligned([("a", "bc"), ("def", "g")])
        ['a    bc', 'def  g']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows]
