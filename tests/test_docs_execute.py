"""A Python block of the documentation runs as a notebook's cell does."""

from pathlib import Path

import pytest

EXTENSIONS = Path(__file__).parents[1] / "docs/_ext"


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("x = 2\nx + 1\n", "3\n"),
        ("x = 2\n", ""),
        ("for n in (1, 2):\n    print(n)\n", "1\n2\n"),
        ("def double(n):\n    return 2 * n\n", ""),
        ("'a text'\n", "a text\n"),
    ],
)
def test_the_last_expression_is_printed_and_any_statement_may_end_a_block(code, printed, monkeypatch, capsys):
    monkeypatch.syspath_prepend(EXTENSIONS)
    from blocks import Block
    from execute import python

    python(Block("python", code, 0, 0), {})
    assert capsys.readouterr().out == printed
