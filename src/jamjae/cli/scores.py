"""Scores into a file, and their summary."""

import csv
import io
import json
from pathlib import Path

from ..anomalies import Scores
from ..core.files import json_bytes
from ..data.forms.table import Table, content
from . import out


def write(path: Path, scores: Scores, as_json: bool) -> None:
    """Write the rows by the ending of the path; print the summary and the path."""
    summary = scores.summary()
    kinds = {".csv": lambda: table(scores), ".json": lambda: json_bytes({**summary, "rows": scores.rows()})}
    if scores.frame is not None:
        kinds |= {ending: lambda e=ending: content(scores.table(), e) for ending in Table.endings}
    out.put(path, kinds)
    print(json.dumps({**summary, "file": str(path)}, indent=2) if as_json else f"{text(scores)}\n{path}")


def table(scores: Scores) -> bytes:
    """The rows as comma-separated values; features where their contributions are known."""
    columns = {"row": range(len(scores.scores)), **scores.columns()}
    buffer = io.StringIO(newline="")
    lines = csv.writer(buffer)
    lines.writerow(columns)
    lines.writerows(zip(*columns.values(), strict=True))
    return buffer.getvalue().encode("utf-8-sig")  # the mark tells spreadsheets that it is UTF-8


def text(scores: Scores) -> str:
    """The summary in words."""
    n, flagged, m = len(scores.scores), int(scores.flagged.sum()), len(scores.validation)
    alarms = f"{1 - scores.quantile:.3g}"
    lines = [
        f"score: {scores.by}, in {scores.unit}; larger is stranger",
        f"threshold: {scores.threshold:.6g}, from {m:,} validation examples: at most a share of {alarms} of data like "
        "the training data lies above it",
        f"flagged: {flagged:,} of {n:,} ({flagged / n:.2%})",
        *map(str, scores.detection),
    ]
    return "\n".join(lines)
