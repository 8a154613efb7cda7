"""The pages docs/python/*.md: every public name of the package, from its signature and docstring.

What is public is what `__all__` says, of the package and of its modules. Parts of the catalogue, recipes and metrics
have their entries there; here they are links.
"""

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from docstrings import about, body, described, example, page, sources, summary, table
from torch import nn

import jamjae
from jamjae import anomalies, evaluation, generating, imputed, neighbourhood, predictions, recipes
from jamjae.core import Component, JamjaeError, families
from jamjae.diagnosis import Diagnosis, Finding

WIDTH = 100
VERBS = ("fit", "load", "check", "compare", "sweep", "explore", "widget", "cite", "info")
RESULTS = (jamjae.Check, anomalies.Scores, predictions.Predictions, neighbourhood.Neighbours, generating.Synthetic)
RESULTS += (imputed.Imputed, Diagnosis, Finding)
TEXT = """`import jamjae as jj` gives the [verbs](verbs.md) (`jj.fit`, `jj.load`, ...) and, when they are first used,
the modules below. What is listed here is public: it changes only with a line in the changelog. Shapes are written
(B, E): B examples of the event shape E. Options that a verb hands on to a part are in the
[catalogue](../catalogue/index.md)."""
MODULES = {name: import_module(f"jamjae.{name}") for name in jamjae._MODULES}
# What a base class of the package documents for all: not repeated in the entries of those that are built on it.
COMMON = (Component, *families().values())


def pages() -> dict[str, str]:
    """Every page by its name below docs/python."""
    found = {
        "verbs": page("The verbs", *(entry(name, getattr(jamjae, name)) for name in VERBS)),
        "run": page("A run", entry("Run", jamjae.Run)),
        "results": page("What verbs give back", *(entry(of.__name__, of) for of in RESULTS)),
    }
    found |= {name: module_page(name, module) for name, module in MODULES.items()}
    names = "\n".join(found)
    return {"index": page("Python", TEXT, f"```{{toctree}}\n:maxdepth: 1\n\n{names}\n```"), **found}


def module_page(name: str, module: ModuleType) -> str:
    """The public names of a module: entries, and links to what the catalogue and the metrics describe."""
    entries, links = [], []
    for public in sorted(module.__all__, key=str.lower):
        of = getattr(module, public)
        place = elsewhere(name, public, of)
        if place:
            links.append((f"[`{public}`]({place})", about(of) if inspect.isclass(of) else summary(of)))
        else:
            entries.append(entry(public, of))
    listed = ["Described elsewhere:", table(("name", "what it is"), links)] if links else []
    return page(f"jamjae.{name}", body(module.__doc__), *listed, *entries)


def elsewhere(module: str, name: str, of: Any) -> str:
    """Where the entry of a public name is, if not on its module's own page."""
    if inspect.isclass(of) and issubclass(of, Component) and module in families() and of is not families()[module]:
        return "" if inspect.isabstract(of) or module == "models" else f"../catalogue/{module}.md#{of.name()}"
    if inspect.isclass(of) and issubclass(of, JamjaeError):
        return f"../errors.md#{name.lower()}"
    if module == "recipes" and name.replace("_", "-") in recipes.RECIPES:
        return f"../catalogue/recipes.md#{name.replace('_', '-')}"
    if name in evaluation.METRICS and module == "evaluation":
        return f"../metrics.md#{name}"
    return "verbs.md#" + name if module != "training" and name in VERBS else ""


def entry(name: str, of: Any) -> str:
    """The entry of a public name."""
    if inspect.ismodule(of):
        functions = [getattr(of, n) for n in vars(of) if n[0] != "_"]
        own = [f for f in functions if inspect.isfunction(f) and f.__module__ == of.__name__]
        return "\n\n".join([f"## {name}", body(of.__doc__), *(said(f, f"{name}.{f.__name__}") for f in own)])
    if not callable(of):
        return f"## {name}\n\n{'A mapping' if isinstance(of, dict) else 'A constant'}: {shown(of)}."
    lines = [f"## {name}", said(of, name)]
    return "\n\n".join([*lines, *(method(n, m) for n, m in methods(of))] if inspect.isclass(of) else lines)


def shown(of: Any) -> str:
    """A constant, or the names of a mapping."""
    return ", ".join(f"`{name}`" for name in sorted(of)) if isinstance(of, dict | set) else f"`{of!r}`"


def said(of: Any, name: str, bound: bool = False) -> str:
    """Signature, meaning, arguments, errors, references and example of a class or function."""
    doc = of.__doc__
    arguments = [(f"`{n}`", text) for n, text in described(doc).items()]
    errors = [(f"`{n}`", text) for n, text in described(doc, "Raises").items()]
    parts = [f"```{{code-block}} python\n{signature(name, of, bound)}\n```", body(doc)]
    parts += [table(("argument", "meaning"), arguments)] if arguments else []
    parts += [table(("raises", "when"), errors)] if errors else []
    return "\n\n".join([*parts, *sources(of), *example(doc)])


def methods(cls: type) -> Iterator[tuple[str, Any]]:
    """Public methods and properties that the class, or a base without an entry, documents."""
    seen = {"examples", "extra_repr"}
    bases = [base for base in cls.__mro__ if base.__module__.startswith("jamjae.")]
    for base in bases:
        if base is cls or base not in COMMON:
            for name, of in vars(base).items():
                plain = inspect.unwrap(getattr(of, "__func__", of)) if not isinstance(of, property) else of
                documented = getattr(plain, "__doc__", None) and (inspect.isfunction(plain) or isinstance(of, property))
                if name[0] != "_" and name not in seen and (documented or hasattr(of, "attrname")):
                    seen.add(name)
                    yield name, of


def method(name: str, of: Any) -> str:
    """The entry of a method or property."""
    if isinstance(of, property) or hasattr(of, "attrname"):
        found = of.fget if isinstance(of, property) else of.func
        return f"### {name}\n\nProperty. {said_of_property(found)}"
    return f"### {name}\n\n{said(getattr(of, '__func__', of), name, bound=not isinstance(of, staticmethod))}"


def said_of_property(of: Any) -> str:
    """Meaning and errors of a property."""
    errors = [(f"`{n}`", text) for n, text in described(of.__doc__, "Raises").items()]
    return "\n\n".join([body(of.__doc__), *([table(("raises", "when"), errors)] if errors else [])])


def signature(name: str, of: Any, bound: bool = False) -> str:
    """A call with its arguments, types and defaults; a line each where they do not fit into one.

    Example:
        >>> def f(self, x: int = 1, *, y: "str | None" = None) -> bool: ...
        >>> signature("f", f, bound=True)
        'f(x: int = 1, *, y: str | None = None) -> bool'
    """
    if inspect.isclass(of) and of.__init__ in (nn.Module.__init__, Component.__init__):
        return f"class {name}"
    found = inspect.signature(of)
    arguments, starred = [], False
    for one in list(found.parameters.values())[bound:]:
        if one.kind is one.KEYWORD_ONLY and not starred:
            arguments.append("*")
        starred |= one.kind in (one.KEYWORD_ONLY, one.VAR_POSITIONAL)
        arguments.append(argument(one))
    given = found.return_annotation
    end = "" if inspect.isclass(of) or given is found.empty else f" -> {kind(given)}"
    line = f"{name}({', '.join(arguments)}){end}"
    return line if len(line) <= WIDTH else f"{name}(\n" + "".join(f"    {a},\n" for a in arguments) + f"){end}"


def argument(of: inspect.Parameter) -> str:
    """An argument with its type and default."""
    stars = {of.VAR_POSITIONAL: "*", of.VAR_KEYWORD: "**"}.get(of.kind, "")
    typed = "" if of.annotation is of.empty else f": {kind(of.annotation)}"
    return stars + of.name + typed + ("" if of.default is of.empty else f" = {default(of.default)}")


def default(value: Any) -> str:
    """A default as one would type it; `...` where it is made anew for every call."""
    found = getattr(value, "__name__", "") or repr(value)
    return "..." if "<" in found else found


def kind(annotation: Any) -> str:
    """A type by its own name, without modules and quotes.

    Example:
        >>> kind("jamjae.data.dataset.Dataset | None"), kind(int), kind("Literal['a.b']")
        ('Dataset | None', 'int', "Literal['a.b']")
    """
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    pieces = re.split(r"('[^']*')", text)
    plain = (p if i % 2 and "Literal" in text else p.strip("'") for i, p in enumerate(pieces))
    return "".join(p if p.startswith("'") else re.sub(r"\b(?:[A-Za-z_]\w*\.)+(?=[A-Za-z_])", "", p) for p in plain)
