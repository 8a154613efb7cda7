"""From the notes to the commands: every row of the table has its chapter, command and picture, in both languages."""

import re
from pathlib import Path

import pytest
from blocks import blocks, commands

DOCS = Path(__file__).parents[1] / "docs"
LANGUAGES = ["book", "ko"]
ROW = re.compile(
    r"^\| (\d+) \| (.+?) \| \[[^]]+\]\((\w[\w-]*)\.md\) \| `([^`]+)` \| \{\{ picture ([\w-]+) (\d+) \}\} \|$",
    re.MULTILINE,
)
IDEAS = 21


def rows(language):
    """The table: number, what the notes say, chapter, command, chapter of the picture, which of its pictures."""
    return ROW.findall((DOCS / language / "notes.md").read_text(encoding="utf-8"))


def running(language, chapter):
    """The blocks of a chapter that run."""
    return [b for b in blocks((DOCS / language / f"{chapter}.md").read_text(encoding="utf-8")) if b.runs]


def test_every_idea_of_the_notes_has_its_row_in_both_languages():
    english, korean = rows("book"), rows("ko")
    assert [int(row[0]) for row in english] == list(range(1, IDEAS + 1))
    assert [(row[0], *row[2:]) for row in english] == [(row[0], *row[2:]) for row in korean]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_of_the_table_runs_in_its_chapter(language):
    for _, _, chapter, command, _, _ in rows(language):
        lines = [line for b in running(language, chapter) for line in (*commands(b.code), *b.code.splitlines())]
        assert command in map(str.strip, lines), f"{command} is in no block of {chapter} that runs"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_shows_a_picture_of_its_chapter(language):
    for number, _, chapter, _, shown, which in rows(language):
        pictures = [b for b in running(language, shown) if "alt" in b.wishes and "page" not in b.wishes]
        assert chapter == shown and 1 <= int(which) <= len(pictures), f"row {number}"


def terms(language):
    """The words of the glossary, as pairs (English, Korean), and where each is explained."""
    text = (DOCS / language / "glossary.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| (.+?) \| (.+?) \| .+ \| \[\w+\]\((\S+)\) \|$", text, re.MULTILINE)
    return [(b, a, c) for a, b, c in found] if language == "ko" else found


def test_the_glossaries_hold_the_same_words():
    assert terms("book") == terms("ko") and len(terms("book")) > 50


def test_the_glossary_names_every_verb():
    from jamjae.cli.verbs import VERBS

    for language in LANGUAGES:
        words = set(re.findall(r"`(\w+)`", (DOCS / language / "glossary.md").read_text(encoding="utf-8")))
        assert VERBS.keys() - {"demo", "info", "completion"} <= words
