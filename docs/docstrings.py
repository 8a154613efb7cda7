"""Docstrings to Markdown: what all generated pages are made of."""

import inspect
import re
from collections.abc import Iterable
from importlib import import_module

from jamjae.core.reference import references, section

NOTE = "<!-- Written by docs/generate.py from the docstrings: edit those, then `make docs`. -->"
TITLES = ("Reference", "Arguments", "Attributes", "Example", "Parameters", "Raises", "Remedy")


def summary(of: object) -> str:
    """The first sentence of a docstring."""
    first = " ".join(inspect.cleandoc(of.__doc__ or "").split("\n\n")[0].split())
    return re.split(r"(?<=[.;]) ", first, maxsplit=1)[0].rstrip(".;") + "."


def about(cls: type) -> str:
    """What the part is: the first line of its file, after the name."""
    text = summary(import_module(cls.__module__))
    after = text.partition(": ")[2].partition(". ")[0]
    return (after or text).rstrip(".")


def body(doc: str | None) -> str:
    """A docstring's prose and formulas, without its sections. Stars and bars outside of code are escaped."""
    text = re.split(rf"^(?:{'|'.join(TITLES)}):$", inspect.cleandoc(doc or ""), maxsplit=1, flags=re.MULTILINE)[0]
    return "\n".join(line if line.startswith("    ") else escaped(line) for line in text.strip().splitlines())


def escaped(text: str) -> str:
    """Stars that are no emphasis, outside of backticks."""
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(p if p.startswith("`") else re.sub(r"([*<])", r"\\\1", p) for p in pieces)


def described(doc: str | None, title: str = "Arguments") -> dict[str, str]:
    """A section such as `Arguments:` as name -> text."""
    found: dict[str, str] = {}
    for line in section(doc, title).splitlines():
        head = re.match(r"(\w[\w, ]*): (.*)", line)
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


def example(doc: str | None) -> list[str]:
    """The docstring's example as a code block; it runs as a doctest."""
    code = section(doc, "Example")
    return [f"```pycon\n{code}\n```"] if code else []


def sources(of: object) -> list[str]:
    """The references of a docstring, a line each."""
    return [f"Reference: {linked(escaped(one))}" for one in references(of)]


def page(title: str, *paragraphs: str) -> str:
    """A page with its note."""
    return "\n\n".join([NOTE, f"# {title}", *paragraphs]) + "\n"
