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


def written(form: Form, examples: np.ndarray, label: str, rows: tuple[str, ...] = ()) -> Markup:
    """Rows of examples (R, K, *E), a list of lines each, with the names of the `rows` above them."""
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
    pairs = zip(form.lines(before), form.lines(after), strict=True)
    return TABLE.format(label, *names, Markup("").join(PAIR.format(*pair) for pair in pairs))
