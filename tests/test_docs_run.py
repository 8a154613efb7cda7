"""Slow: the blocks of every page of the documentation run, and the site that is built has no dead link."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from execute import asked, run
from links import dead

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [page for page in sorted(DOCS.rglob("*.md")) if "_build" not in page.parts and "ko" not in page.parts]
RUNNING = [page for page in PAGES if asked(page.read_text(encoding="utf-8"))]
pytestmark = pytest.mark.slow


@pytest.mark.parametrize("page", RUNNING, ids=lambda page: str(page.relative_to(DOCS)))
def test_the_blocks_of_a_page_run(page):
    needed = "mnist" in page.read_text(encoding="utf-8") and page.parent.name == "book"
    if needed and not os.environ.get("JAMJAE_DATA"):
        pytest.skip("set JAMJAE_DATA to a folder with mnist/ to run the chapters of the book")
    assert (run(page) / "outputs.json").is_file()


def test_the_built_site_has_no_dead_link(tmp_path):
    if importlib.util.find_spec("sphinx") is None:
        pytest.skip("sphinx is not installed: make docs")
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", str(DOCS), str(tmp_path / "html")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert dead(tmp_path / "html") == []
