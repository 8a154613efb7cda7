"""Sphinx: formulas as MathML, which browsers show by themselves: no script, no font and no network."""

import re
from html import escape
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx

FUNCTION = re.compile(
    r"(?P<before></m(?:i|n|row|sup|sub)>)?<mi>(?P<name>log|ln|exp)</mi>(?P<after><m(?:i|n|row|sub|sup)>)?"
)
SPACE = '<mspace width="0.17em" />'


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer `mathml`."""
    app.add_html_math_renderer("mathml", (inline, None), (displayed, None))
    return {"parallel_read_safe": True}


def inline(translator: Any, node: nodes.Element) -> None:
    """A formula within a line."""
    translator.body.append(spaced(convert(node.astext())))
    raise nodes.SkipNode


def displayed(translator: Any, node: nodes.Element) -> None:
    """A formula of its own, which scrolls where it is too wide."""
    formula = spaced(convert(node.astext(), display="block"))
    translator.body.append(
        f'<div class="formula" tabindex="0" role="math" aria-label="{escape(node.astext())}">{formula}</div>'
    )
    raise nodes.SkipNode


def spaced(formula: str) -> str:
    """MathML with a thin space on both sides of a named function, but for brackets.

    Example:
        >>> spaced("<mn>2</mn><mi>ln</mi><mn>2</mn>")
        '<mn>2</mn><mspace width="0.17em" /><mi>ln</mi><mspace width="0.17em" /><mn>2</mn>'
        >>> spaced("<mi>log</mi><mo>(</mo>")
        '<mi>log</mi><mo>(</mo>'
    """

    def around(found: re.Match[str]) -> str:
        before, after = found["before"] or "", found["after"] or ""
        return f"{before}{before and SPACE}<mi>{found['name']}</mi>{after and SPACE}{after}"

    return FUNCTION.sub(around, formula)
