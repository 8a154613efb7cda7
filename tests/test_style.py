"""What keeps the code readable, measured: short functions, short files, complete `__all__`, no data that runs."""

import ast
import re
from pathlib import Path
from statistics import median

import pytest

import jamjae

SOURCE = Path(jamjae.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))
PACKAGES = [path for path in FILES if path.name == "__init__.py"]
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def ids(path) -> str:
    return str(path.relative_to(SOURCE))


def functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, FUNCTION)]


def lines_of_code(function: ast.FunctionDef, source: list[str]) -> int:
    """Lines from `def` to the end, without the docstring, empty lines and comments."""
    docstring = ast.get_docstring(function, clean=False)
    skipped = range(function.body[0].lineno, function.body[0].end_lineno + 1) if docstring is not None else range(0)
    lines = [source[n - 1].strip() for n in range(function.lineno, function.end_lineno + 1) if n not in skipped]
    return sum(bool(line) and not line.startswith("#") for line in lines)


def test_the_median_function_has_at_most_eight_lines():
    lengths = [lines_of_code(f, path.read_text().splitlines()) for path in FILES for f in functions(path)]
    assert median(lengths) <= 8


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_no_function_is_longer_than_fifty_lines(path):
    lengths = {f.name: f.end_lineno - f.lineno + 1 for f in functions(path)}
    assert {name: length for name, length in lengths.items() if length > 50} == {}


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_no_file_is_longer_than_four_hundred_lines(path):
    small = path.relative_to(SOURCE).parts[0] in ("models", "objectives")  # what recipes share must not grow with them
    assert len(path.read_text().splitlines()) <= (120 if small else 400)


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_every_file_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text()))


def offered(node: ast.AST) -> list[str]:
    """Public names that a statement of `__init__.py` takes from the package's own files or defines."""
    if isinstance(node, ast.ImportFrom):
        return [alias.asname or alias.name for alias in node.names if node.level == 1 and node.module]
    if isinstance(node, (*FUNCTION, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return [target.id for target in targets if isinstance(target, ast.Name)]
    return []


def modules(node: ast.AST) -> list[str]:
    """Files of the package that a statement imports whole; they may be offered."""
    whole = isinstance(node, ast.ImportFrom) and node.level == 1 and not node.module
    return [alias.name for alias in node.names] if whole else []


@pytest.mark.parametrize("path", PACKAGES[1:], ids=ids)  # the front door's list is tested by its own use
def test_all_is_complete(path):
    body = ast.parse(path.read_text()).body
    lists = [node.value for node in body if "__all__" in offered(node)]
    listed = set(ast.literal_eval(lists[0])) if lists else set()
    public = {name for node in body for name in offered(node) if not name.startswith("_")}
    assert public <= listed <= public | {name for node in body for name in modules(node)}


RUNS_CODE = {"pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}


def dangers(node: ast.AST) -> list[str]:
    """What in a statement could turn data into code."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        return [name for name in names if name.split(".")[0] in RUNS_CODE]
    if isinstance(node, ast.Call):
        call = ast.unparse(node.func)
        trusting = [k.arg for k in node.keywords if k.arg == "allow_pickle" and ast.unparse(k.value) != "False"]
        return trusting + [call] * (call in ("eval", "exec", "compile", "torch.load") or call.endswith("yaml.load"))
    return []


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_no_data_is_run_as_code(path):
    assert [found for node in ast.walk(ast.parse(path.read_text())) for found in dangers(node)] == []


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_no_broad_except(path):
    """Allowed where the handler raises again, and at the outermost frame of the command line."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ExceptHandler) and path != SOURCE / "cli" / "failures.py":
            caught = ast.unparse(node.type) if node.type else "BaseException"
            broad = any(name in caught.split() for name in ("Exception", "BaseException"))
            assert not broad or isinstance(node.body[-1], ast.Raise), f"line {node.lineno} catches {caught}"


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_no_global_torch_setting_outside_the_command_line(path):
    if "cli" not in path.parts:
        assert not re.search(r"set_default_dtype|set_default_device|set_flush_denormal|mallopt", path.read_text())
