"""Columns of an Arrow table as plain numbers: block by block, for tables that are larger than memory."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.errors import DataError


class Columns:
    """The columns of numbers of a schema, as float32, with what was noticed on the way.

    Arguments:
        schema: A `pyarrow.Schema`.
        label: Name of the column that holds the labels, which is no example's value.
        name: Of the source, for messages.

    Raises:
        DataError: If two columns have one name, or none holds numbers.
    """

    def __init__(self, schema: Any, label: str | None, name: str) -> None:
        names = list(schema.names)
        twice = next((n for n in names if names.count(n) > 1), None)
        if twice is not None:
            raise DataError(f"{name} has two columns {twice!r}. Rename one.")
        self.label = label if label in names else None
        self.names = [f.name for f in schema if f.name != self.label and numeric(f.type)]
        self.left = [f"{f.name} ({f.type})" for f in schema if f.name != self.label and not numeric(f.type)]
        self.blurred: set[str] = set()
        self.rows = 0
        if not self.names:
            raise DataError(f"no column of {name} holds numbers: {', '.join(self.left) or 'there is none'}.")

    def restart(self) -> None:
        """Count rows from 0 again."""
        self.rows = 0

    @property
    def wanted(self) -> list[str]:
        """Names of the columns that are read."""
        return [*self.names, *([self.label] if self.label is not None else [])]

    def convert(self, batch: Any) -> np.ndarray:
        """The numbers of a `pyarrow.RecordBatch`, (rows, columns) float32.

        Raises:
            DataError: For a missing cell and for what 32-bit floats cannot hold, with row and column.
        """
        x = np.empty((batch.num_rows, len(self.names)), np.float32)
        with np.errstate(over="ignore", invalid="ignore"):
            for j, name in enumerate(self.names):
                column = batch.column(name)
                values = column.to_numpy(zero_copy_only=False)
                x[:, j] = values
                if column.null_count or not np.isfinite(x[:, j]).all():
                    self._refuse(name, column, x[:, j])
                if values.dtype.itemsize > 4 and _blurs(values):
                    self.blurred.add(name)
        self.rows += len(x)
        return x

    def labels(self, batch: Any) -> np.ndarray | None:
        """The labels of a batch, (rows,); missing ones as `labels.encode` knows them."""
        if self.label is None:
            return None
        column = batch.column(self.label)
        if column.null_count == 0:
            return np.asarray(column.to_numpy(zero_copy_only=False).tolist())
        known = column.drop_null().to_pylist()
        missing = "" if known and isinstance(known[0], str) else float("nan")
        return np.asarray([missing if v is None else v for v in column.to_pylist()])

    def notes(self) -> tuple[str, ...]:
        """What was noticed."""
        found = [f"{len(self.names)} columns of numbers: {_some(self.names)}."]
        if self.left:
            found.append(f"Left out, because they are no plain numbers: {_some(self.left)}.")
        if self.blurred:
            found.append(
                f"Large numbers with small differences, which 32-bit floats blur: {_some(sorted(self.blurred))}. "
                "Subtract the mean first."
            )
        return tuple(found)

    def _refuse(self, name: str, column: Any, values: np.ndarray) -> None:
        row = int(np.argmax(~np.isfinite(values)))
        cell = column[row].as_py()
        what = "is missing" if cell is None else f"is {cell}"
        raise DataError(
            f"row {self.rows + row}, column {name!r} {what}: every value must be a finite number that 32-bit floats "
            "can hold. Fill it in, or drop the row."
        )


def numeric(kind: Any) -> bool:
    """Whether an Arrow type is a plain number or a truth value."""
    import pyarrow.types as types

    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind))


def _blurs(values: np.ndarray) -> bool:
    low, high = float(values.min()), float(values.max())
    return low < high and high - low < 1e-5 * max(abs(low), abs(high))


def _some(names: Sequence[str], most: int = 10) -> str:
    return ", ".join(names[:most]) + f" and {len(names) - most} more" * (len(names) > most)
