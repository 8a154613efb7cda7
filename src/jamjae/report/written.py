"""Examples as lines of text, where a form says how they are read: in place of pictures."""

import numpy as np
from markupsafe import Markup

from ..data.forms import Form

ITEM, LIST = Markup("<li>{}</li>"), Markup('<div>{}<ol class="lines" aria-label="{}">{}</ol></div>')
PAIR = Markup("<tr><td>{}</td><td>{}</td></tr>")
TABLE = Markup(
    '<div class="wide"><table class="lines" aria-label="{}"><thead><tr><th>{}</th><th>{}</th></tr></thead>'
    "<tbody>{}</tbody></table></div>"
)


GRID = Markup(
    '<div class="wide"><table class="grid" aria-label="{}"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
)
HEAD, CELL, ROW = Markup('<th scope="col">{}</th>'), Markup("<td>{}</td>"), Markup('<tr class="{}">{}</tr>')
FEW = 12  # rows of a table, or pairs of them


def written(form: Form, examples: np.ndarray, label: str, rows: tuple[str, ...] = ()) -> Markup:
    """Rows of examples (R, K, *E), a list of lines each, with the names of the `rows` above them."""
    if (found := form.grid(examples[0, :FEW])) is not None and len(examples) == 1:
        names, cells = found
        return grid(label, names, [("", row) for row in cells])
    if examples.shape[:2] == (1, 1):
        return Markup('<p class="lines">{}</p>').format(*form.lines(examples[0]))
    names = [Markup('<p class="of">{}</p>').format(name) for name in rows] or [Markup("")] * len(examples)
    lists = (
        LIST.format(name, label, Markup("").join(ITEM.format(line) for line in form.lines(row)))
        for name, row in zip(names, examples, strict=True)
    )
    return Markup('<div class="written">{}</div>').format(Markup("").join(lists))


def beside(form: Form, before: np.ndarray, after: np.ndarray, label: str, names: tuple[str, str]) -> Markup:
    """Examples (n, *E) and what became of them, (n, *E), line by line in two columns."""
    old, new = form.grid(before[:FEW]), form.grid(after[:FEW])
    if old is not None and new is not None:
        rows = [row for a, b in zip(old[1], new[1], strict=True) for row in ((names[0], a), (names[1], b))]
        return grid(label, old[0], rows, marked=True)
    pairs = zip(form.lines(before), form.lines(after), strict=True)
    return TABLE.format(label, *names, Markup("").join(PAIR.format(*pair) for pair in pairs))


def grid(label: str, names: list[str], rows: list[tuple[str, list[str]]], marked: bool = False) -> Markup:
    """Rows of cells under their names; where `marked`, every row begins with what it is, and every second is a copy."""
    head = Markup("").join(HEAD.format(name) for name in ([""] if marked else []) + names)
    body = Markup("")
    for number, (mark, cells) in enumerate(rows):
        shown = Markup("").join(CELL.format(cell) for cell in ([mark] if marked else []) + cells)
        body += ROW.format("copy" if marked and number % 2 else "", shown)
    return GRID.format(label, head, body)
