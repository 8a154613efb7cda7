"""Filled-in examples into files, and what was done in words."""

import json
from collections.abc import Callable
from pathlib import Path

from ..core.errors import require
from ..data.forms.table import Table, content
from ..imputed import Imputed
from . import out
from .progress import complain

FEW = 10.0  # effective draws


def write(path: Path, found: Imputed, intervals: bool, as_json: bool) -> None:
    """Write the examples by the ending of the path, and one more file a draw; print the summary and the paths."""
    ending = path.suffix.lower()
    require(not intervals or ending != ".npy", "`intervals` are columns of a table", ending, "Write a .csv file.")
    paths = [path, *(path.with_stem(f"{path.stem}-{k + 1}") for k in range(len(found.draws)))]
    for draw, target in enumerate(paths, -1):
        one = None if draw < 0 else draw
        x = found.values if one is None else found.draws[one]
        tables = {
            e: lambda e=e, one=one: content(found.table(intervals and one is None, one), e) for e in Table.endings
        }
        out.put(target, {**tables, ".npy": lambda x=x: out.npy(x)})
    files = [str(target) for target in paths]
    print(json.dumps({**found.summary(), "files": files}, indent=2) if as_json else "\n".join([text(found), *files]))


def kinds(found: Imputed, draw: int | None, intervals: bool) -> dict[str, Callable[[], bytes]]:
    """What each ending asks for: the filled-in examples, or one of the draws."""
    x = found.values if draw is None else found.draws[draw]
    tables = {ending: lambda e=ending: content(found.table(intervals, draw), e) for ending in Table.endings}
    return {**tables, ".npy": lambda: out.npy(x)}


def text(found: Imputed) -> str:
    """The summary in words."""
    about = found.summary()
    missing, cells, rows = about["missing"], about["cells"], about["rows"]
    if not missing:
        return f"nothing is missing: {about['n']:,} examples are written as they came"
    if found.method == "importance" and about["trust"] < FEW:
        complain(f"only {about['trust']:.1f} effective draws in the median row: raise --samples, or try --method gibbs")
    trust = "effective draws in the median row" if found.method == "importance" else "share of accepted proposals"
    held = (
        "held against cells hidden in the validation split" if found.calibrated else "the model's own, not calibrated"
    )
    return "\n".join(
        [
            f"filled in: {missing:,} of {cells:,} cells ({missing / cells:.1%}), in {rows:,} of {about['n']:,} rows",
            f"method: {found.method}; {trust}: {about['trust']:.3g}",
            f"intervals: for {found.interval:.0%} of the cells; {held}",
        ]
    )
