"""Codes from a file: .npy, or .csv as `jamjae encode` writes it."""

import csv
from pathlib import Path

import numpy as np

from ..core.errors import DataError, UsageError
from ..core.sheets import original

Codes = tuple[np.ndarray, list[str] | None]


def codes(path: Path) -> Codes:
    """Codes (n, *latent), and their labels where the file has them.

    Raises:
        UsageError: For another ending.
        DataError: For a file that holds no codes.
    """
    readers = {".npy": _npy, ".csv": _csv}
    if path.suffix.lower() not in readers:
        raise UsageError(f"`codes` must be a .npy or .csv file; got {str(path)!r}.")
    try:
        return readers[path.suffix.lower()](path)
    except ValueError as error:
        raise DataError(f"{path} holds no codes: {error}") from None


def _npy(path: Path) -> Codes:
    return np.asarray(np.load(path, allow_pickle=False)), None


def _csv(path: Path) -> Codes:
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    columns = [j for j, name in enumerate(head) if name != "label"]
    labels = [original(row[head.index("label")]) for row in rows] if "label" in head else None
    return np.array([[float(row[j]) for j in columns] for row in rows]), labels
