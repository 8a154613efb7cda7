"""Imports only go down, so that the code can be read from the bottom up.

    0 core
    1 networks likelihoods priors posteriors conditions schedules critics games kernels penalties
      corruptions regularisers data
    2 models objectives
    3 recipes
    4 training evaluation
    5 comparison diagnosis plots
    6 report export
    7 the modules beside the packages (run.py, plan.py, checks.py, ...), then explorer and sklearn, then cli

Rules, read from the syntax trees of all files (imports inside functions and under TYPE_CHECKING count too):

- A file imports from its own package or from a lower layer. `evaluation` and `training` share a layer: neither knows
  the other. A part that holds another part (a critic its network) names that family by its `base.py`.
- In a family (the parts, objectives, recipes) a file imports of its siblings only `base.py` (or what is in `base/`)
  and its own private half, named after it with an underscore (`_bernoulli_cells.py` of `bernoulli.py`).
- `core`, `data`, `training`, `evaluation`, `comparison`, `diagnosis`, `plots`, `report`, `export`, `explorer` and `cli`
  are one concept each in several files, which may import each other, but not in a circle.
- The package's `__init__.py` imports any of its own files.
- `plots` knows arrays only: no torch. `cli` imports torch in no module that `--help` loads: never at module level,
  except in the modules that are imported inside functions only.
"""

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import jamjae

SOURCE = Path(jamjae.__file__).parent
PARTS = ("networks", "likelihoods", "priors", "posteriors", "conditions", "schedules", "critics", "games", "kernels")
PARTS += ("penalties", "corruptions", "regularisers")
LAYERS = {
    "core": 0,
    **dict.fromkeys((*PARTS, "data"), 1),
    **dict.fromkeys(("models", "objectives"), 2),
    "recipes": 3,
    **dict.fromkeys(("training", "evaluation"), 4),
    **dict.fromkeys(("comparison", "diagnosis", "plots"), 5),
    **dict.fromkeys(("report", "export"), 6),
    **dict.fromkeys(("explorer", "sklearn"), 8),
    "cli": 9,
}
TOP = 7
HEAVY = ("torch", "sklearn", "matplotlib", "starlette", "uvicorn")
FAMILIES = (*PARTS, "objectives", "recipes")
FILES = sorted(path.relative_to(SOURCE) for path in SOURCE.rglob("*.py"))
MODULES = {".".join(("jamjae", *path.with_suffix("").parts)).removesuffix(".__init__"): path for path in FILES}
NAMES = {path: name for name, path in MODULES.items()}


def ids(path) -> str:
    return str(path)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse((SOURCE / path).read_text())


def targets(path: Path, node: ast.AST) -> list[str]:
    """Absolute names that an import statement binds or reaches; submodules as far as they exist."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    package = NAMES[path].split(".") if path.name == "__init__.py" else NAMES[path].split(".")[:-1]
    base = package[: len(package) - node.level + 1] if node.level else []
    start = ".".join([*base, *([node.module] if node.module else [])])
    return [f"{start}.{alias.name}" if f"{start}.{alias.name}" in MODULES else start for alias in node.names]


def imports(path: Path, top_level: bool = False) -> list[str]:
    """All imports of a file, or only those that run when it is loaded."""
    skipped = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)

    def walk(node):
        yield node
        for child in ast.iter_child_nodes(node):
            if not (top_level and isinstance(child, skipped)):
                yield from walk(child)

    return [name for node in walk(tree(path)) for name in targets(path, node)]


def own(path: Path) -> list[Path]:
    """The files of this package that a file imports."""
    return [MODULES[name] for name in imports(path) if name in MODULES]


def package(path: Path) -> str:
    return path.parts[0] if len(path.parts) > 1 else ""


def test_every_package_has_a_layer():
    assert {package(path) for path in FILES} - {""} == set(LAYERS)


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_imports_go_down_or_stay(path):
    here = package(path)
    for target in own(path):
        there = package(target)
        if path == Path("__init__.py") or target == Path("__init__.py"):
            continue  # the front door loads by name, on demand; what others take from it is the version
        below = there == here or LAYERS.get(there, TOP) < LAYERS.get(here, TOP)
        held = here in PARTS and there in PARTS and target.stem == "base"
        assert below or held, f"{path} imports {target}: that is not below"


@pytest.mark.parametrize("path", [p for p in FILES if package(p) in FAMILIES and p.name != "__init__.py"], ids=ids)
def test_siblings_import_only_their_base(path):
    for target in own(path):
        allowed = "base" in (target.stem, *target.parts) or target.stem.startswith(f"_{path.stem}")
        assert package(target) != package(path) or allowed, f"{path} imports {target}"


def test_private_halves_belong_to_a_file():
    halves = [p for p in FILES if p.stem.startswith("_") and not p.stem.startswith("__")]
    assert all(any(p.stem.startswith(f"_{other.stem}") for other in FILES if other.parent == p.parent) for p in halves)


def test_no_file_imports_itself_in_a_circle():
    graph = {path: {t for t in own(path) if t.name != "__init__.py"} for path in FILES if path.name != "__init__.py"}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail("circle: " + " -> ".join(str(p) for p in error.args[1]))


@pytest.mark.parametrize("path", [p for p in FILES if package(p) == "evaluation"], ids=ids)
def test_evaluation_knows_no_training(path):
    assert not any(package(target) == "training" for target in own(path))


@pytest.mark.parametrize("path", [p for p in FILES if package(p) == "plots"], ids=ids)
def test_plots_know_arrays_only(path):
    assert not any(name.split(".")[0] == "torch" for name in imports(path))
    assert all(package(target) == "plots" for target in own(path))


def loaded_with(path: Path) -> set[Path]:
    """Files that loading a file loads, packages on the way included."""
    found, waiting = set(), [path]
    while waiting:
        now = waiting.pop()
        if now not in found:
            found.add(now)
            waiting += [MODULES[n] for name in imports(now, top_level=True) for n in prefixes(name) if n in MODULES]
    return found


def prefixes(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[: n + 1]) for n in range(len(parts))]


def test_the_command_line_starts_without_torch():
    for path in loaded_with(Path("cli/main.py")) | {Path("__init__.py")}:
        heavy = [n for n in imports(path, top_level=True) if n.split(".")[0] in HEAVY]
        assert not heavy, f"{path}, which `jamjae --help` loads, imports {heavy}"


def test_nothing_below_the_top_imports_a_user_interface():
    for path in FILES:
        if LAYERS.get(package(path), TOP) <= TOP:
            assert not {"cyclopts", "rich", "starlette", "uvicorn"} & {name.split(".")[0] for name in imports(path)}, (
                path
            )
