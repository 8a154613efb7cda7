"""The reference: every exit code, error, verb and public name has its entry; a run folder holds what its page says."""

import inspect
import re
from pathlib import Path

import pytest

import jamjae as jj
from jamjae.cli import failures
from jamjae.cli.main import VERBS, main
from jamjae.core import JamjaeError
from jamjae.training import loop

DOCS = Path(__file__).parents[1] / "docs"
FOLDER = (DOCS / "run-folder.md").read_text(encoding="utf-8")


def text(page):
    """A page of the documentation."""
    return (DOCS / page).read_text(encoding="utf-8")


def kinds(of):
    """A class and all that are built on it, of the package."""
    return [of, *(c for sub in of.__subclasses__() if sub.__module__.startswith("jamjae.") for c in kinds(sub))]


def test_every_exit_code_of_the_code_is_listed():
    codes = {value for name, value in vars(failures).items() if name.isupper() and isinstance(value, int)}
    codes |= {of.exit_code for of in kinds(JamjaeError)} | {0}
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", text("errors.md"), re.MULTILINE)}
    assert codes == listed == set(failures.CODES)


def test_every_error_has_an_entry_with_a_remedy():
    entries = dict(re.findall(r"^### (\w+)\n(.*?)(?=^###|\Z)", text("errors.md"), re.MULTILINE | re.DOTALL))
    assert {of.__name__ for of in kinds(JamjaeError)} | {"WrongUse"} == entries.keys()
    assert all("*What to do.*" in entry for entry in entries.values())


def test_every_verb_has_an_entry_with_its_options(capsys):
    entries = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", text("commands.md"), re.MULTILINE | re.DOTALL))
    assert list(entries) == list(VERBS)
    for verb in ("fit", "score"):
        assert main([verb, "--help"]) == 0
        shown = set(re.findall(r"(--[a-z][\w-]*) ", capsys.readouterr().out)) - {"--help"}
        listed = set(re.findall(r"^\| `(--[\w-]+)", entries[verb], re.MULTILINE))
        assert listed and shown & {"--lr", "--by"} and listed >= shown - {"--recipe", "--data"}  # given by their place


@pytest.mark.parametrize("module", jj._MODULES)
def test_every_public_name_of_a_module_has_an_entry_or_a_link(module):
    page = text(f"python/{module}.md")
    named = set(re.findall(r"^## (\w+)$|^\| \[`(\w+)`\]", page, re.MULTILINE))
    assert {name for pair in named for name in pair if name} == set(getattr(jj, module).__all__)


def test_every_verb_of_the_package_has_an_entry():
    verbs = set(re.findall(r"^## (\w+)$", text("python/verbs.md"), re.MULTILINE))
    assert verbs == set(jj._NAMES) - {"Run", "Check"}
    methods = set(re.findall(r"^### (\w+)$", text("python/run.md"), re.MULTILINE))
    assert {n for n in dir(jj.Run) if n[0] != "_" and (getattr(jj.Run, n).__doc__ or "").strip()} - methods <= {
        "errors"
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder of a run that was fitted, measured and diagnosed."""
    run = jj.fit("vae", "digits", latent=2, epochs=1, runs=tmp_path_factory.mktemp("runs"))
    run.evaluate(["rate"], limit=50)
    run.examine(limit=50, quick=True)
    return run.folder


def test_the_page_of_the_run_folder_lists_every_file(folder):
    files = {path.relative_to(folder).parts[0] for path in folder.rglob("*")}
    listed = set(re.findall(r"^\| `([\w.-]+)", FOLDER, re.MULTILINE))
    assert files - {"checkpoints"} <= listed and "`checkpoints/STEP/`" in FOLDER
    inside = {path.name for path in (folder / "checkpoints").glob("*/*")}
    assert inside == {"state.safetensors", "manifest.json"} and all(f"`{name}`" in FOLDER for name in inside)


def test_the_page_of_the_run_folder_lists_every_key(folder):
    run = jj.load(folder)
    keys = {*run.spec, *run.spec["model"], *run.result, *re.findall(r'"event": "(\w+)"', inspect.getsource(loop))}
    keys |= {"name", "source", "fingerprint", "event", "classes", "form", "binarise", "unit"} & run.spec["data"].keys()
    keys -= {"name"}
    assert [key for key in sorted(keys) if f"`{key}`" not in FOLDER] == []
    assert run.spec["format"] == 1, "another format: say on the page what changed"
