"""Write what follows from docstrings and signatures: docs/catalogue, docs/python, docs/metrics.md, docs/commands.md,
docs/errors.md and the READMEs' tables.

python docs/generate.py           write what differs
python docs/generate.py --check   write nothing; fail when something is stale
"""

import ast
import inspect
import re
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import reference_python
from docstrings import about, body, described, example, page, sources, summary, table
from korean import HEADINGS, KOREAN
from reference_commands import commands_page
from reference_errors import errors_page

from jamjae import evaluation, recipes
from jamjae.core import Component, Event, families, members
from jamjae.data.builtin import NAMES as DATA

ROOT = Path(__file__).parents[1]
SHOWN = ("likelihoods", "priors", "posteriors", "networks", "objectives", "conditions", "schedules")
SHOWN += ("corruptions", "regularisers", "critics", "games", "kernels", "penalties")
# Where an entry is chosen; otherwise the family's name in the singular.
OPTION = {"networks": "encoder", "schedules": "objective.schedule", "critics": "objective.critic"}
OPTION |= {"corruptions": "objective.corruption", "regularisers": "objective.regulariser"}
OPTION |= {"games": "objective.game", "kernels": "objective.kernel", "penalties": "objective.penalty"}
BINARY = Event((28, 28, 1), "image", 0.0, 1.0, levels=2)


# -- pages ----------------------------------------------------------------------------------------------------------


def own(family: str) -> dict[str, type[Component]]:
    """The package's members of a family by name."""
    found = members(families()[family])
    return {name: cls for name, cls in found.items() if cls.__module__.startswith("jamjae.")}


def default(value: Any) -> str:
    """A default as one would type it."""
    if isinstance(value, Component):
        return f"`{value.name()}`"
    if isinstance(value, dict):  # the spec of a part
        return f"`{value['name']}`"
    if isinstance(value, tuple):
        return f"`{','.join(map(str, value))}`" if value else "none"
    return "" if value is None or value is inspect.Parameter.empty else f"`{value}`"


def part(family: str, name: str, cls: type[Component]) -> str:
    """The entry of one part."""
    option = OPTION.get(family, family.removesuffix("s"))
    lines = [f"## {name}", f"`--{option} {name}`"]
    loss = getattr(cls, "loss", "") if family == "likelihoods" else ""
    lines += [f"-log p is known as: {loss}."] if loss else []
    lines.append(body(cls.__doc__))
    words = described(cls.__doc__)
    rows = [(f"`{o}`", default(cls.parts.get(o, p.default)), words.get(o, "")) for o, p in cls.options().items()]
    lines += [table(("option", "default", "meaning"), rows)] if rows else []
    return "\n\n".join([*lines, *sources(cls), *example(cls.__doc__)])


def drawn(name: str) -> list[str]:
    """The picture of a page, made by docs/drawn/NAME.py when the page is built; that file's docstring describes it."""
    path = ROOT / f"docs/drawn/{name}.py"
    if not path.is_file():
        return []
    code = path.read_text(encoding="utf-8")
    alt = " ".join((ast.get_docstring(ast.parse(code)) or "").split())
    code = code.partition('"""\n')[2].strip()
    return [f"<!-- run; hidden; quiet; alt: {alt} -->\n```python\n{code}\n```"]


def family_page(family: str) -> str:
    """The page of one family."""
    base: ModuleType = import_module(families()[family].__module__)
    entries = [part(family, name, cls) for name, cls in own(family).items()]
    return page(family.capitalize(), body(base.__doc__), *drawn(family), *entries)


def recipe_page() -> str:
    """The page of the recipes: what each chooses on binary pictures."""
    entries = []
    for name, make in recipes.RECIPES.items():
        choice = make(BINARY)
        names = {p: getattr(choice, p) for p in recipes.base.PARTS}
        rows = [(p, f"`{spec['name']}`", options(spec)) for p, spec in names.items() if spec]
        lines = [
            f"## {name}",
            f"`jamjae fit {name} DATA`",
            body(make.__doc__),
            table(("part", "choice", "options"), rows),
        ]
        entries.append("\n\n".join([*lines, *sources(make)]))
    return page(
        "Recipes",
        *drawn("recipes"),
        "A recipe chooses parts for the data at hand. The tables show what it chooses for binary pictures; every "
        "choice can be overridden, for example `--prior mixture --prior.components 10`.",
        *entries,
    )


def options(spec: Mapping[str, Any]) -> str:
    """The options of a spec that a recipe sets."""
    return ", ".join(f"`{k} = {v}`" for k, v in spec.items() if k != "name")


def data_page() -> str:
    """The page of the built-in data sets."""
    rows = [(f"`{name}`", about) for name, about in DATA.items()]
    return page(
        "Data sets",
        "Names that stand for data. A path, a [folder of pictures](../pictures.md) or an array works in their place.",
        *drawn("data"),
        table(("name", "what it is"), rows),
    )


def metrics_page() -> str:
    """The page of the metrics."""
    entries = []
    for name, metric in evaluation.METRICS.items():
        doc = metric.compute.__doc__
        lines = [
            f"## {name}",
            f"**{metric.title}**, in {metric.unit}{'; with `--full`' if metric.full else ''}.",
            body(doc),
        ]
        entries.append("\n\n".join([*lines, *sources(metric.compute)]))
    return page(
        "Metrics",
        "What `jamjae evaluate` prints, in its order. Intervals cover 95 % and speak of the test examples only: "
        "another seed is another model. A metric that has no meaning for a run says so, with the reason.",
        *drawn("metrics"),
        *entries,
    )


def index_page() -> str:
    """The entry of the catalogue."""
    names = "\n".join(["recipes", *SHOWN, "data"])
    text = "The parts by family, the recipes that combine them and the data sets that come along; from the docstrings."
    return page("Catalogue", text, f"```{{toctree}}\n{names}\n```")


# -- the READMEs' tables --------------------------------------------------------------------------------------------


def readme_tables(korean: bool) -> dict[str, str]:
    """The generated tables of a README by name."""

    def say(name: str, text: str) -> str:
        return KOREAN.get(name, text) if korean else text

    def head(*names: str) -> tuple[str, ...]:
        return tuple(HEADINGS[n] for n in names) if korean else names

    likelihoods = own("likelihoods").items()
    return {
        "recipes": table(
            head("recipe", "what it is"),
            ((f"`{n}`", say(f"recipes.{n}", summary(f))) for n, f in recipes.RECIPES.items()),
        ),
        "likelihoods": table(
            head("likelihood", "-log p is also called", "data"),
            ((f"`{n}`", say(f"loss.{c.loss}", c.loss), say(f"likelihoods.{n}", about(c))) for n, c in likelihoods),
        ),
        "priors": table(
            head("prior", "what it is"), ((f"`{n}`", say(f"priors.{n}", about(c))) for n, c in own("priors").items())
        ),
        "data": table(head("data set", "what it is"), ((f"`{n}`", say(f"data.{n}", t)) for n, t in DATA.items())),
    }


def filled(text: str, tables: Mapping[str, str]) -> str:
    """A README with its tables renewed between `<!-- table: NAME -->` and `<!-- end -->`."""
    for name, content in tables.items():
        mark = rf"(<!-- table: {name} -->\n).*?(<!-- end -->)"
        text = re.sub(mark, lambda m, c=content: f"{m[1]}\n{c}\n\n{m[2]}", text, flags=re.DOTALL)
    return text


def pages() -> dict[Path, str]:
    """Every generated file and what it must hold."""
    docs = ROOT / "docs"
    found = {
        docs / "metrics.md": metrics_page(),
        docs / "commands.md": commands_page(),
        docs / "errors.md": errors_page(),
        docs / "catalogue/index.md": index_page(),
        docs / "catalogue/recipes.md": recipe_page(),
        docs / "catalogue/data.md": data_page(),
    }
    found |= {docs / f"catalogue/{family}.md": family_page(family) for family in SHOWN}
    found |= {docs / f"python/{name}.md": text for name, text in reference_python.pages().items()}
    for name in ("README.md", "README.ko.md"):
        path = ROOT / name
        found[path] = filled(path.read_text(encoding="utf-8"), readme_tables("ko" in name))
    return found


def stale() -> dict[Path, str]:
    """The generated files that differ from what they must hold."""
    return {p: text for p, text in pages().items() if not p.is_file() or p.read_text(encoding="utf-8") != text}


def main() -> int:
    """Write or check."""
    found = stale()
    for path, text in found.items():
        print(path.relative_to(ROOT))
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if found and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
