"""The page docs/commands.md: every verb with its arguments and options, from the parser that the command line uses."""

import inspect
import re
from typing import Any

from docstrings import body, page, table

from jamjae.cli.parse import _command, application
from jamjae.cli.verbs import VERBS

TEXT = """`jamjae VERB [OPTIONS]`; `jamjae VERB --help` prints the same. A RUN is a folder, a name in `runs/`, or
`last`. An option without a default is left to the recipe and the data. Exit codes are on the page of
[errors](errors.md)."""
HEADING = {"Parameters": "Options"}


def commands_page() -> str:
    """The page."""
    rows = [(f"[`{verb}`](#{verb})", what) for verb, what in VERBS.items()]
    return page(
        "Commands",
        TEXT,
        table(("verb", "what it does"), rows),
        *(verb_entry(verb) for verb in VERBS),
    )


def verb_entry(verb: str) -> str:
    """Usage, meaning and options of a verb."""
    groups: dict[str, list[Any]] = {}
    for argument in application(verb).assemble_argument_collection(parse_docstring=True):
        if argument.parameter.parse is not False and not argument.name.endswith("*"):
            name = argument.parameter.group[0]._name
            groups.setdefault(HEADING.get(name, name), []).append(argument)
    positional = groups.pop("Arguments", [])
    optional = [a for group in groups.values() for a in group if by_place(a)]
    usage = " ".join([f"jamjae {verb}", *(shown(a) for a in [*positional, *optional])])
    lines = [f"## {verb}", f"```text\n{usage} [OPTIONS]\n```", body(_command(verb).__doc__)]
    for name, arguments in {"Arguments": [*positional, *optional], **groups}.items():
        rows = [row(a) for a in arguments if name == "Arguments" or not by_place(a)]
        if rows:
            lines += [f"**{name}**", table(("name", "values", "default", "meaning"), rows)]
    return "\n\n".join(lines)


def by_place(argument: Any) -> bool:
    """Whether it is given by its place on the line rather than by name."""
    return bool(argument.field_info.kind is not inspect.Parameter.KEYWORD_ONLY)


def shown(argument: Any) -> str:
    """An argument in the line of usage."""
    name = label(argument)
    name = f"{name} ..." if argument.field_info.kind is inspect.Parameter.VAR_POSITIONAL else name
    return name if argument.required else f"[{name}]"


def label(argument: Any) -> str:
    """The name of an argument as the help shows it."""
    return ", ".join(argument.names) if not by_place(argument) else argument.names[0].lstrip("-").upper()


def row(argument: Any) -> tuple[str, str, str, str]:
    """Name, values, default and meaning."""
    default = argument.field_info.default
    plain = default is not inspect.Parameter.empty and default is not None and default is not False and default != ()
    meaning = " ".join((argument.parameter.help or "").split())
    return f"`{label(argument)}`", values(argument.hint), f"`{default}`" if plain else "", meaning


def values(hint: Any) -> str:
    """What may be typed.

    Example:
        >>> from typing import Literal
        >>> values(int | None), values(Literal["a", "b"]), values(bool)
        ('whole number', '`a`, `b`', '')
    """
    found = getattr(hint, "__args__", ())
    if "Literal" in str(hint):
        names = [n for part in (hint, *found) for n in getattr(part, "__args__", ()) if isinstance(n, str)]
        return ", ".join(f"`{n}`" for n in dict.fromkeys(names))
    words = {"bool": "", "int": "whole number", "float": "number", "Path": "path", "str": "text"}
    kinds = [words[k] for k in re.findall(r"\b(bool|int|float|Path|str)\b", str(hint))]
    return " or ".join(dict.fromkeys(kinds))
