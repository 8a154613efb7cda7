"""Formulas of the documentation: named functions stand apart from what they are applied to."""

from pathlib import Path

import pytest

EXTENSIONS = Path(__file__).parents[1] / "docs/_ext"
SPACE = '<mspace width="0.17em" />'


@pytest.mark.parametrize(
    ("latex", "found"),
    [
        (r"2 \ln 2", f"<mn>2</mn>{SPACE}<mi>ln</mi>{SPACE}<mn>2</mn>"),
        (r"\log D", f"<mi>log</mi>{SPACE}<mi>D</mi>"),
        (r"\log (x)", "<mi>log</mi><mo"),
    ],
)
def test_a_thin_space_stands_around_functions_but_not_before_brackets(latex, found, monkeypatch):
    pytest.importorskip("sphinx", reason="the pages are built with Sphinx")
    converter = pytest.importorskip("latex2mathml.converter", reason="formulas are converted by latex2mathml")
    monkeypatch.syspath_prepend(EXTENSIONS)
    from formulas import spaced

    assert found not in converter.convert(latex) or SPACE not in found
    assert found in spaced(converter.convert(latex))
