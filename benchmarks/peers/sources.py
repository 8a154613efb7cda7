"""Reading an installed package without importing it."""

import ast
from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def nodes(package: str) -> tuple[ast.AST, ...]:
    """Every node of every module of a package, or of a part of it, as in `pythae.models`."""
    top, *below = package.split(".")
    spec = find_spec(top)
    assert spec is not None and spec.origin is not None, f"{top} is not installed"
    root = Path(spec.origin).parent.joinpath(*below)
    paths = sorted(root.rglob("*.py")) if root.is_dir() else [root.with_suffix(".py")]
    return tuple(node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def classes(package: str) -> dict[str, ast.ClassDef]:
    """By name."""
    return {node.name: node for node in nodes(package) if isinstance(node, ast.ClassDef)}


def names(package: str) -> set[str]:
    """Of all classes and functions, in small letters."""
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name.lower() for node in nodes(package) if isinstance(node, kinds)}


def texts(package: str) -> set[str]:
    """Every string."""
    return {n.value for n in nodes(package) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def calls(package: str, function: str) -> list[str]:
    """Every call of a function, as it is written."""
    found = (node for node in nodes(package) if isinstance(node, ast.Call))
    return [ast.unparse(node) for node in found if ast.unparse(node.func) == function]


def imports(package: str) -> set[str]:
    """The uppermost names of the packages that are imported anywhere."""
    found = {a.name for node in nodes(package) if isinstance(node, ast.Import) for a in node.names}
    found |= {n.module for n in nodes(package) if isinstance(n, ast.ImportFrom) and n.module and not n.level}
    return {name.partition(".")[0] for name in found}


def parameters(package: str, owner: str, function: str) -> dict[str, str]:
    """The parameters of a method with their annotations as they are written."""
    body = classes(package)[owner].body
    method = next(node for node in body if isinstance(node, ast.FunctionDef) and node.name == function)
    every = (*method.args.posonlyargs, *method.args.args, *method.args.kwonlyargs)
    return {a.arg: ast.unparse(a.annotation) if a.annotation else "" for a in every}


def heirs(package: str, root: str) -> set[str]:
    """The classes below a class, however far."""
    bases = {name: {ast.unparse(base).split(".")[-1] for base in node.bases} for name, node in classes(package).items()}
    found: set[str] = set()
    while more := {name for name, above in bases.items() if above & (found | {root})} - found - {root}:
        found |= more
    return found
