"""The columns of a table in words: what `jamjae check` shows for approval."""

import numpy as np

from .dates import dated
from .field import LISTED, Field

HEAD = ("column", "kind", "likelihood", "range or levels", "missing", "examples")
SHOWN = 3  # example cells
TYPED = 4  # columns in the option
WIDE = 40  # letters of a cell of the overview


def overview(fields: tuple[Field, ...], left: dict[str, str], x: np.ndarray) -> str:
    """One line a column, and the option that says the same as this table.

    Arguments:
        fields: The columns.
        left: Those that were left out, and why.
        x: Rows as numbers, (n, columns).
    """
    rows = [HEAD, *(_row(f, x[:, k]) for k, f in enumerate(fields))]
    rows += [(name, "left out", "", _cut(why), "", "") for name, why in left.items()]
    widths = [max(len(row[k]) for row in rows) for k in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*lines, "", f"To change columns, change words in this and add it: {option(fields, left)}"])


def option(fields: tuple[Field, ...], left: dict[str, str]) -> str:
    """`--columns` as it would have to be typed to get the first of these columns, the first ones left out among them.

    Example:
        >>> from jamjae.core.event import Column
        >>> option((Field(Column("age", "count", "poisson")),), {"id": "an identifier"})
        '--columns "age=poisson,id=skip"'
    """
    said = [f"{f.name}={_choice(f)}" for f in fields[:TYPED]] + [f"{name}=skip" for name in list(left)[:1]]
    return f'--columns "{",".join(said)}"'


def _choice(field: Field) -> str:
    if field.column.kind == "ordinal":
        return "<".join(field.categories)
    if field.column.kind == "date":
        return field.format if "%" in field.format else "date"
    return "binary" if field.column.kind == "binary" else field.column.likelihood


def _row(field: Field, x: np.ndarray) -> tuple[str, ...]:
    gone, known = np.isnan(x).mean(), x[~np.isnan(x)]
    examples = ", ".join(_cell(field, v) for v in known[:SHOWN])
    share = f"{gone:.1%}" if gone else "none"
    return (field.name, field.column.kind, field.column.likelihood, _cut(_range(field, known)), share, _cut(examples))


def _range(field: Field, known: np.ndarray) -> str:
    if field.categories:
        more = ", ..." if len(field.categories) > LISTED else ""
        return f"{len(field.categories)}: {', '.join(field.categories[:LISTED])}{more}"
    return f"{_cell(field, known.min())} to {_cell(field, known.max())}" if len(known) else "unknown"


def _cell(field: Field, value: float) -> str:
    if field.categories:
        return field.categories[int(value)]
    return dated(float(value), field.whole) if field.column.kind == "date" else f"{value:.6g}"


def _cut(text: str) -> str:
    return text if len(text) <= WIDE else f"{text[: WIDE - 3]}..."
