"""Generated pages and tables hold what the docstrings say; the site's pages are all reachable."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest
from blocks import blocks
from execute import before
from links import lost

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(page for page in DOCS.rglob("*.md") if "_build" not in page.parts)
MARKED = [*PAGES, ROOT / "README.md", ROOT / "README.ko.md", ROOT / "CONTRIBUTING.md"]


def name(page):
    """A page, as the tests name it."""
    return str(page.relative_to(ROOT))


@pytest.fixture(scope="module")
def stale():
    """What `docs/generate.py --check` finds, and its status, in a fresh process: tests define parts of their own."""
    done = subprocess.run([sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.split(), done.returncode, done.stderr


def test_generated_text_is_fresh(stale):
    found, status, errors = stale
    assert (found, status) == ([], 0), f"run `make docs`: {found} {errors}"


def test_a_stale_table_is_noticed():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs/generate.py")
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    text = "before\n<!-- table: priors -->\n\n| old |\n\n<!-- end -->\nafter\n"
    renewed = generate.filled(text, {"priors": "| new |"})
    assert renewed == "before\n<!-- table: priors -->\n\n| new |\n\n<!-- end -->\nafter\n"
    assert generate.filled(renewed, {"priors": "| new |"}) == renewed


@pytest.mark.parametrize("family", ["likelihoods", "priors", "posteriors", "networks", "objectives", "schedules"])
def test_every_part_has_an_entry(family):
    page = (ROOT / f"docs/catalogue/{family}.md").read_text(encoding="utf-8")
    from jamjae.core import families, members

    own = {n for n, c in members(families()[family]).items() if c.__module__.startswith("jamjae.")}
    assert own == set(re.findall(r"^## (.+)$", page, re.MULTILINE))


def test_every_page_is_in_a_table_of_contents():
    pages = {page.relative_to(DOCS).with_suffix("").as_posix() for page in PAGES}
    listed, new = {"index"}, ["index"]
    while new:
        name = new.pop()
        found = [str(Path(name).parent / entry) for entry in entries(DOCS / f"{name}.md")]
        new += [entry for entry in found if entry not in listed]
        listed |= set(found)
    assert pages == listed


def entries(page):
    """What a page's tables of contents list, in their order."""
    found = re.findall(r"```\{toctree\}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    return [line for block in found for line in block.splitlines() if line and not line.startswith(":")]


@pytest.mark.parametrize("page", MARKED, ids=name)
def test_every_block_says_whether_it_runs(page):
    unmarked = [block.code for block in blocks(page.read_text(encoding="utf-8")) if not block.marked]
    assert unmarked == [], "put `<!-- run -->` or `<!-- not run: reason -->` on the line before"


@pytest.mark.parametrize("page", MARKED, ids=name)
def test_links_lead_somewhere(page):
    assert list(lost(page)) == []


def test_both_languages_of_the_book_have_the_same_pages_in_the_same_order():
    books = [DOCS / language for language in ("book", "ko")]
    names = [{page.name for page in book.glob("*.md")} for book in books]
    assert names[0] == names[1] and len(names[0]) >= 3
    assert entries(books[0] / "index.md") == entries(books[1] / "index.md")


@pytest.mark.parametrize("chapter", sorted((DOCS / "book").glob("*.md")), ids=name)
def test_both_languages_of_a_chapter_run_the_same_blocks(chapter):
    def bare(page):
        found = blocks(page.read_text(encoding="utf-8"))
        return [(b.language, b.code, {k: v for k, v in b.wishes.items() if k != "alt"}) for b in found]

    twin = DOCS / "ko" / chapter.name
    assert bare(chapter) == bare(twin)
    assert getattr(before(chapter), "name", None) == getattr(before(twin), "name", None)


def test_promises_name_tests_that_exist():
    page = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
    files = re.findall(r"`(tests/[\w/.]+)`", page)
    assert len(files) > 10 and all((ROOT / file).exists() for file in files)
    source = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "tests").rglob("test_*.py"))
    names = re.findall(r"`(test_\w+)`", page)
    assert names and all(f"def {name}(" in source for name in names)
