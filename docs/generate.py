"""Write what follows from docstrings and signatures: docs/catalogue/*.md, docs/metrics.md and the READMEs' tables.

python docs/generate.py           write what differs
python docs/generate.py --check   write nothing; fail when something is stale
"""

import inspect
import re
import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from korean import HEADINGS, KOREAN

from jamjae import evaluation, recipes
from jamjae.core import Component, Event, families, members
from jamjae.core.reference import references, section
from jamjae.data.builtin import NAMES as DATA

ROOT = Path(__file__).parents[1]
NOTE = "<!-- Written by docs/generate.py from the docstrings: edit those, then `make docs`. -->"
SHOWN = ("likelihoods", "priors", "posteriors", "networks", "objectives", "conditions", "schedules")
SHOWN += ("corruptions", "regularisers", "critics", "games", "kernels", "penalties")
# Where an entry is chosen; otherwise the family's name in the singular.
OPTION = {"networks": "encoder", "schedules": "objective.schedule", "critics": "objective.critic"}
OPTION |= {"corruptions": "objective.corruption", "regularisers": "objective.regulariser"}
OPTION |= {"games": "objective.game", "kernels": "objective.kernel", "penalties": "objective.penalty"}
TITLES = ("Reference", "Arguments", "Example", "Raises")
BINARY = Event((28, 28, 1), "image", 0.0, 1.0, levels=2)


# -- docstrings to Markdown -----------------------------------------------------------------------------------------


def summary(of: object) -> str:
    """The first sentence of a docstring."""
    first = " ".join(inspect.cleandoc(of.__doc__ or "").split("\n\n")[0].split())
    return re.split(r"(?<=[.;]) ", first, maxsplit=1)[0].rstrip(".;") + "."


def body(doc: str | None) -> str:
    """A docstring's prose and formulas, without its sections. Stars and bars outside of code are escaped."""
    text = re.split(rf"^(?:{'|'.join(TITLES)}):$", inspect.cleandoc(doc or ""), maxsplit=1, flags=re.MULTILINE)[0]
    return "\n".join(line if line.startswith("    ") else escaped(line) for line in text.strip().splitlines())


def escaped(text: str) -> str:
    """Stars that are no emphasis, outside of backticks."""
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(p if p.startswith("`") else re.sub(r"([*<])", r"\\\1", p) for p in pieces)


def described(doc: str | None) -> dict[str, str]:
    """The `Arguments:` section as name -> text."""
    found: dict[str, str] = {}
    for line in section(doc, "Arguments").splitlines():
        head = re.match(r"(\w+): (.*)", line)
        if head:
            name, found[head[1]] = head[1], head[2]
        elif found:
            found[name] += " " + line.strip()
    return found


def cell(text: str) -> str:
    """Text that fits into a cell of a table."""
    return escaped(text).replace("|", "\\|")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    lines = [[cell(c) for c in row] for row in rows]
    head = list(head)
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *lines])


def linked(reference: str) -> str:
    """A reference whose address can be followed."""
    return re.sub(r"(https://\S+)", r"<\1>", reference)


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
    lines += [f"Reference: {linked(escaped(r))}" for r in references(cls)]
    return "\n\n".join([*lines, *example(cls.__doc__)])


def example(doc: str | None) -> list[str]:
    """The docstring's example as a code block; it runs as a doctest."""
    code = section(doc, "Example")
    return [f"```pycon\n{code}\n```"] if code else []


def family_page(family: str) -> str:
    """The page of one family."""
    base: ModuleType = import_module(families()[family].__module__)
    entries = [part(family, name, cls) for name, cls in own(family).items()]
    return page(family.capitalize(), body(base.__doc__), *entries)


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
        entries.append("\n\n".join([*lines, *(f"Reference: {linked(escaped(r))}" for r in references(make))]))
    return page(
        "Recipes",
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
        entries.append("\n\n".join([*lines, *(f"Reference: {linked(escaped(r))}" for r in references(metric.compute))]))
    return page(
        "Metrics",
        "What `jamjae evaluate` prints, in its order. Intervals cover 95 % and speak of the test examples only: "
        "another seed is another model. A metric that has no meaning for a run says so, with the reason.",
        *entries,
    )


def page(title: str, *paragraphs: str) -> str:
    """A page with its note."""
    return "\n\n".join([NOTE, f"# {title}", *paragraphs]) + "\n"


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


def about(cls: type[Component]) -> str:
    """What the part is: the first line of its file, after the name."""
    text = summary(import_module(cls.__module__))
    after = text.partition(": ")[2].partition(". ")[0]
    return (after or text).rstrip(".")


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
        docs / "catalogue/index.md": index_page(),
        docs / "catalogue/recipes.md": recipe_page(),
        docs / "catalogue/data.md": data_page(),
    }
    found |= {docs / f"catalogue/{family}.md": family_page(family) for family in SHOWN}
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
