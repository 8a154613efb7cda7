"""Sphinx: formulas as MathML, which browsers show by themselves: no script, no font and no network."""

from html import escape
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer `mathml`."""
    app.add_html_math_renderer("mathml", (inline, None), (displayed, None))
    return {"parallel_read_safe": True}


def inline(translator: Any, node: nodes.Element) -> None:
    """A formula within a line."""
    translator.body.append(convert(node.astext()))
    raise nodes.SkipNode


def displayed(translator: Any, node: nodes.Element) -> None:
    """A formula of its own, which scrolls where it is too wide."""
    formula = convert(node.astext(), display="block")
    translator.body.append(
        f'<div class="formula" tabindex="0" role="math" aria-label="{escape(node.astext())}">{formula}</div>'
    )
    raise nodes.SkipNode
