"""The notebooks run as they are in a kernel of their own, hold no outputs, and show the same code in both languages."""

import ast
import json
import os
import re
import tomllib
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from nbclient import NotebookClient

import jamjae as jj

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "examples/notebooks"
ENGLISH = sorted(path for path in FOLDER.glob("*.ipynb") if ".ko" not in path.suffixes)
ALL = sorted(FOLDER.glob("*.ipynb"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
INSTALL = """import importlib.util

if importlib.util.find_spec("jamjae") is None:
    %pip install -q "jamjae{extras} @ git+{repository}\""""
PICTURES = {"first_hour": 4, "text_and_sound": 1, "your_pictures": 3, "your_table": 0}  # shown by figures


def read(path):
    """The cells: (kind, text)."""
    return [(c["cell_type"], "".join(c["source"])) for c in json.loads(path.read_text(encoding="utf-8"))["cells"]]


def code(path):
    return [text for kind, text in read(path) if kind == "code"]


def test_there_are_four_in_two_languages():
    assert [path.stem for path in ENGLISH] == sorted(PICTURES)
    assert {path.name for path in ALL} == {f"{path.stem}{end}" for path in ENGLISH for end in (".ipynb", ".ko.ipynb")}


@pytest.mark.parametrize("path", ALL, ids=lambda p: p.name)
def test_they_are_kept_without_outputs(path):
    book = json.loads(path.read_text(encoding="utf-8"))
    nbformat.validate(book)
    assert all(not c["outputs"] and c["execution_count"] is None for c in book["cells"] if c["cell_type"] == "code")
    assert not any(c["metadata"] for c in book["cells"]) and set(book["metadata"]) == {"kernelspec", "language_info"}
    assert book["metadata"]["language_info"] == {"name": "python"}


@pytest.mark.parametrize("path", ENGLISH, ids=lambda p: p.stem)
def test_both_languages_show_the_same_code(path):
    korean = path.with_suffix(".ko.ipynb")
    assert code(path) == code(korean)
    assert [kind for kind, _ in read(path)] == [kind for kind, _ in read(korean)]
    words = [(a, b) for (kind, a), (_, b) in zip(read(path), read(korean), strict=True) if kind == "markdown"]
    assert all(re.search("[가-힣]", b) and not re.search("[가-힣]", a) for a, b in words)
    assert all(a.count("**") == b.count("**") and a.startswith("#") == b.startswith("#") for a, b in words)


@pytest.mark.parametrize("path", ENGLISH, ids=lambda p: p.stem)
def test_the_first_cell_installs_from_the_one_repository(path):
    first = code(path)[0]
    extras = re.search(r'"jamjae(\[[\w,]+\])? @', first)[1] or ""
    assert first == INSTALL.format(extras=extras, repository=PROJECT["urls"]["Repository"])
    assert set(re.findall(r"\w+", extras)) <= set(PROJECT["optional-dependencies"])


@pytest.mark.parametrize("path", ENGLISH, ids=lambda p: p.stem)
def test_they_are_lessons(path):
    words = [text for kind, text in read(path) if kind == "markdown"]
    assert sum("**Look for**" in text for text in words) >= 3, "every step says what to look for"
    assert all(len(text.splitlines()) <= 15 for text in code(path))


@pytest.mark.parametrize("path", ENGLISH, ids=lambda p: p.stem)
def test_their_cells_are_code(path):
    plain = TransformerManager().transform_cell
    names = [name for text in code(path) for node in ast.walk(ast.parse(plain(text))) for name in taken(node)]
    assert names and all(hasattr(jj, name) for name in names), names


def taken(node):
    """What a piece of code takes from jamjae by `jj.`."""
    return [node.attr] if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "jj" else []


@pytest.mark.slow
@pytest.mark.parametrize("path", ENGLISH, ids=lambda p: p.stem)
def test_they_run_as_they_are(path, tmp_path):
    if '"mnist"' in path.read_text(encoding="utf-8").replace("\\", "") and not os.environ.get("JAMJAE_DATA"):
        pytest.skip("set JAMJAE_DATA to a folder with mnist/ to run this without a download")
    book = nbformat.read(path, as_version=4)
    NotebookClient(book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for c in book.cells if c.cell_type == "code" for output in c.outputs]
    assert not [o.text for o in outputs if o.get("name") == "stderr"]
    shown = [o for o in outputs if "image/png" in o.get("data", {})]
    assert len(shown) == PICTURES[path.stem]
    if kept := os.environ.get("JAMJAE_NOTEBOOKS"):
        nbformat.write(book, Path(kept) / path.name)
