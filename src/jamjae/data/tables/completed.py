"""A table whose empty cells are filled in: everything else as it came, to the letter."""

from datetime import datetime
from typing import Any

import numpy as np

from .dates import ISO, dated
from .field import Field


def completed(frame: Any, fields: tuple[Field, ...], x: np.ndarray, gaps: np.ndarray) -> Any:
    """A copy of a pandas data frame with numbers x (n, columns) in its `gaps`, written as their column writes them.

    Arguments:
        frame: Has every column, perhaps others.
        fields: The columns, in the order of the numbers.
        x: Rows as numbers, without gaps.
        gaps: Which cells to fill in, (n, columns).
    """
    found = frame.copy()
    for k, field in enumerate(fields):
        rows = gaps[:, k]
        if rows.any():
            found[field.name] = _filled(frame[field.name], field, x[rows, k], rows)
    return found


def _filled(column: Any, field: Field, values: np.ndarray, rows: np.ndarray) -> Any:
    made = field.readable(values)
    if str(column.dtype) == "category":
        names = {str(name): name for name in column.cat.categories}
        made, column = made.map(names.get), column.copy()
    elif column.dtype.kind in "iufM":
        column = column.copy()
    else:
        made, column = [text(field, v) for v in values], column.astype(object)
    column[rows] = made if isinstance(made, list) else made.to_numpy()
    return column


def text(field: Field, value: float) -> str:
    """A number as the column's own texts write it.

    Example:
        >>> from jamjae.core.event import Column
        >>> text(Field(Column("price"), comma=True), 1.5), text(Field(Column("age"), whole=True), 2.7)
        ('1,5', '3')
    """
    if field.categories:
        return field.categories[int(value)]
    if field.column.kind == "date":
        return _day(field, value)
    written = str(round(value)) if field.whole else f"{value:.6g}"
    return written.replace(".", ",") if field.comma else written


def _day(field: Field, value: float) -> str:
    iso = dated(float(value), field.whole)
    return iso if field.format == ISO else datetime.fromisoformat(iso).strftime(field.format)
