"""Nearest examples into a file: a table, or a row of pictures for each query."""

import io
from pathlib import Path

import numpy as np
import torch

from ..data.like import dataset_like
from ..data.read import find_like
from ..neighbourhood import Neighbours
from ..plots.pictures import sheet
from ..run import Run
from . import opened, out, tables

SHOWN = 20  # queries in a picture


def write(path: Path, run: Run, examples: str, found: Neighbours) -> None:
    """Write the neighbours by the ending of the path, and print it."""
    if path.suffix.lower() == ".png":
        out.save(path, {".png": lambda: png(run, examples, found)})
        return
    tables.save(path, found.columns(), tables.about(run))
    print(path)


def png(run: Run, examples: str, found: Neighbours) -> bytes:
    """Every query, a gap, its neighbours from the nearest on; before them the labels of the neighbours."""
    about, event = run.spec["data"], run.model.event
    asked = dataset_like(find_like(examples, event, None, run.form), event, about["binarise"], about["unit"])
    rows = torch.from_numpy(found.rows[:SHOWN])
    queries = asked.shown(torch.arange(len(rows))).numpy()
    near = run.dataset.shown(rows.flatten()).numpy().reshape(*rows.shape, *event.shape)
    gap = np.full_like(queries[:, None], np.nan)
    names = tuple(" ".join(one) for one in (found.labels or [])[:SHOWN])
    figure = sheet(np.concatenate([queries[:, None], gap, near], 1), *out.shown(queries, opened.limits(run)), names)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=150, bbox_inches="tight")
    return buffer.getvalue()
