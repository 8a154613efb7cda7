"""Columns into a file: .csv, .json or .parquet, whole or not at all."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..coding import Codes
from ..core.errors import UsageError
from ..core.files import json_bytes
from ..core.sheets import harmless
from ..data.tables.extra import library
from ..run import Run
from . import out

Columns = Mapping[str, Sequence[Any]]
ROOMY = (".parquet", ".npz")  # files with room for deviations beside the codes


def save(path: Path, columns: Columns, about: Mapping[str, Any]) -> None:
    """Write the columns by the ending of the path; `about` goes along where the format has room for it."""
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    kinds = {
        ".csv": lambda: comma(columns),
        ".json": lambda: json_bytes({**about, "rows": list(rows)}),
        ".parquet": lambda: parquet(columns, about),
    }
    out.put(path, kinds)


def comma(columns: Columns) -> bytes:
    """Comma-separated values; no text that a spreadsheet would take for a formula."""
    buffer = io.StringIO(newline="")
    lines = csv.writer(buffer)
    lines.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        lines.writerow([harmless(v) if isinstance(v, str) else v for v in row])
    return buffer.getvalue().encode("utf-8-sig")  # the mark tells spreadsheets that it is UTF-8


def parquet(columns: Columns, about: Mapping[str, Any]) -> bytes:
    """A Parquet file; `about` is JSON under the key `jamjae` of its metadata.

    Raises:
        JamjaeError: If the packages of the extra `tables` are not installed.
    """
    pyarrow, writer = library("pyarrow"), library("pyarrow.parquet")
    made = pyarrow.table(dict(columns)).replace_schema_metadata({"jamjae": json.dumps(about, ensure_ascii=False)})
    buffer = io.BytesIO()
    writer.write_table(made, buffer)
    return buffer.getvalue()


def about(run: Run) -> dict[str, Any]:
    """Which run made a file: its name, and the SHA-256 of its data and of its weights."""
    data = run.spec["data"]["fingerprint"]
    return {"run": run.folder.name, "fingerprint": data, "weights": run.result.get("weights_sha256")}


def write_codes(path: Path, run: Run, found: Codes) -> None:
    """Write codes by the ending of the path, and print it.

    Raises:
        UsageError: For deviations in a file that has no room for them.
    """
    if found.deviations is not None and path.suffix.lower() not in ROOMY:
        raise UsageError(f"`--deviation` needs a file that ends in {' or '.join(ROOMY)}; got {str(path)!r}.")
    kinds = {
        ".csv": lambda: out.table(found.codes, found.labels),
        ".npy": lambda: out.npy(found.codes),
        ".npz": lambda: arrays(found, about(run)),
        ".parquet": lambda: parquet(table(found), about(run)),
    }
    out.save(path, kinds)


def table(found: Codes) -> dict[str, Any]:
    """Codes by column: z_1 to z_d, deviation_1 to deviation_d if there are any, label if there are any, row."""
    named = {"z": found.codes, "deviation": found.deviations}
    flat = {name: values.reshape(len(values), -1).T for name, values in named.items() if values is not None}
    columns = {f"{name}_{j}": axis for name, axes in flat.items() for j, axis in enumerate(axes, 1)}
    return columns | ({} if found.labels is None else {"label": found.labels}) | {"row": np.arange(len(found.codes))}


def arrays(found: Codes, about: Mapping[str, Any]) -> bytes:
    """Codes (n, *latent), deviations and labels, if there are any, rows, and `about` as JSON, in a .npz file."""
    given = {"z": found.codes, "deviation": found.deviations, "label": found.labels}
    kept = {name: np.asarray(values) for name, values in given.items() if values is not None}
    buffer = io.BytesIO()
    np.savez(buffer, row=np.arange(len(found.codes)), jamjae=np.array(json.dumps(about)), **kept)
    return buffer.getvalue()
