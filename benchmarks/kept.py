"""Results that take hours: each is kept as soon as it is there, and is not made again."""

import json
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

Result = dict[str, Any]


def kept(path: Path) -> list[Result]:
    """The results that are there."""
    return json.loads(path.read_text()) if path.is_file() else []


def keep(path: Path, found: Iterable[Result], order: Callable[[Result], Any]) -> None:
    """Write them all, at once."""
    from jamjae.core.files import write_bytes

    rows = sorted(found, key=order)
    write_bytes(path, ("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n").encode())


def among(text: str, known: Iterable[str]) -> list[str]:
    """The names that a text with commas holds, all of them known."""
    names, known = text.split(","), list(known)
    if unknown := [name for name in names if name not in known]:
        raise SystemExit(f"unknown {', '.join(unknown)}; there are {', '.join(known)}")
    return names


def whole(run: Any) -> Any:
    """The run, if its training came to its end; one that was stopped is no result."""
    if (reason := run.rows[-1].get("reason")) != "done":
        raise SystemExit(f"{run.folder}: {reason}")
    return run


def each(work: Callable[..., Iterable[Result]], tasks: list[tuple[Any, ...]], jobs: int) -> Iterable[Result]:
    """The results of all tasks, as they come, from as many processes of one thread each."""
    os.environ["OMP_NUM_THREADS"] = "1"  # before the processes load torch
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(work, *task) for task in tasks]):
            yield from done.result()
