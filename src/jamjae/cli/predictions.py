"""Predictions into a file, and how good they are."""

import json
from pathlib import Path

from ..predictions import Predictions
from ..run import Run
from . import measured, tables


def write(path: Path, run: Run, found: Predictions, as_json: bool) -> None:
    """Write the rows by the ending of the path; print the summary and the path."""
    summary = found.summary()
    tables.save(path, found.columns(), {**tables.about(run), **summary})
    if as_json:
        print(json.dumps({**summary, "file": str(path)}, indent=2, ensure_ascii=False))
        return
    print(f"{found.by}, learned from {found.learned_from:,} labelled training examples")
    measured.show(found.measured)
    print(path)
