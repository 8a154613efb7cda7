"""From the notes to the commands: every row of the table has its chapter, its command and its picture, in both languages."""

import re
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
sys.path.insert(0, str(DOCS / "_ext"))

from blocks import blocks, commands

LANGUAGES = ["book", "ko"]
ROW = re.compile(r"^\| (\d+) \| (.+?) \| \[[^]]+\]\((\w[\w-]*\.md)\) \| `([^`]+)` \| (.+?) \|$", re.MULTILINE)
IDEAS = 21


def rows(language):
    """The table: number, what the notes say, chapter, command, picture."""
    return ROW.findall((DOCS / language / "notes.md").read_text(encoding="utf-8"))


def test_every_idea_of_the_notes_has_its_row_in_both_languages():
    english, korean = rows("book"), rows("ko")
    assert [int(row[0]) for row in english] == list(range(1, IDEAS + 1))
    assert [(row[0], row[2], row[3]) for row in english] == [(row[0], row[2], row[3]) for row in korean]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_of_the_table_runs_in_its_chapter(language):
    for _, _, chapter, command, _ in rows(language):
        found = list(blocks((DOCS / language / chapter).read_text(encoding="utf-8")))
        lines = [line for b in found if b.runs for line in (commands(b.code) if b.language == "console" else b.code.splitlines())]
        assert command in [line.strip() for line in lines], f"{command} is in no block of {chapter} that runs"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_shows_a_picture_of_its_chapter(language):
    for number, _, chapter, _, picture in rows(language):
        alts = [b.wishes.get("alt") for b in blocks((DOCS / language / chapter).read_text(encoding="utf-8")) if b.runs]
        assert picture in alts, f"row {number}: no picture of {chapter} is described as {picture!r}"


def terms(language):
    """The words of the glossary, as pairs (English, Korean), and where each is explained."""
    text = (DOCS / language / "glossary.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| (.+?) \| (.+?) \| .+ \| \[\w+\]\((\S+)\) \|$", text, re.MULTILINE)
    return [(b, a, c) for a, b, c in found] if language == "ko" else found


def test_the_glossaries_hold_the_same_words():
    assert terms("book") == terms("ko") and len(terms("book")) > 50


def test_the_glossary_names_every_verb():
    from jamjae.cli.main import VERBS

    for language in LANGUAGES:
        words = set(re.findall(r"`(\w+)`", (DOCS / language / "glossary.md").read_text(encoding="utf-8")))
        assert VERBS.keys() - {"demo", "info", "completion"} <= words
