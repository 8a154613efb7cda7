"""Generated pages and tables hold what the docstrings say; the site's pages are all reachable."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


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
    pages = {p.relative_to(ROOT / "docs").with_suffix("").as_posix() for p in (ROOT / "docs").rglob("*.md")}
    pages = {p for p in pages if not p.startswith("_build")}
    listed = {"index"}
    for page in (ROOT / "docs/index.md", ROOT / "docs/catalogue/index.md"):
        base = page.parent.relative_to(ROOT / "docs").as_posix()
        for block in re.findall(r"```\{toctree\}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            names = [line for line in block.splitlines() if line and not line.startswith(":")]
            listed |= {(f"{base}/" if base != "." else "") + name for name in names}
    assert pages == listed


def test_links_between_pages_lead_somewhere():
    for page in (p for p in (ROOT / "docs").rglob("*.md") if "_build" not in p.parts):
        for target in re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_promises_name_tests_that_exist():
    page = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
    files = re.findall(r"`(tests/[\w/.]+)`", page)
    assert len(files) > 10 and all((ROOT / file).exists() for file in files)
    source = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "tests").rglob("test_*.py"))
    names = re.findall(r"`(test_\w+)`", page)
    assert names and all(f"def {name}(" in source for name in names)
