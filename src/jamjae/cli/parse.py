"""From arguments to a call of the verb's function, whose signature is the list of its options."""

import sys
from importlib import import_module
from inspect import signature
from pathlib import Path

from cyclopts import App, CycloptsError, Group, Parameter
from rich.console import Console

from .arguments import ranges, split
from .wrong import WrongUse


def call(verb: str, arguments: list[str]) -> int:
    """Call the verb's `command`; its exit code."""
    swept, arguments = ranges(arguments) if "values" in signature(_command(verb)).parameters else ({}, arguments)
    plain, dotted = split(arguments)
    app = application(verb)
    try:
        function, bound, left_out = app.parse_args(plain, print_error=False, exit_on_error=False)
    except CycloptsError as error:
        raise WrongUse(_in_words(error, verb, plain)) from None
    if dotted and "parts" not in left_out and function is _command(verb):
        raise WrongUse(f"unknown option --{next(iter(dotted))} of {verb}; parts are chosen when a run is fitted.")
    parts = {"parts": dotted} if "parts" in left_out else {}
    values = {"values": swept} if "values" in left_out else {}
    return function(*bound.args, **bound.kwargs, **parts, **values) or 0


def application(verb: str) -> App:
    """The parser of one verb."""
    app = App(
        name=f"jamjae {verb}",
        help_format="plaintext",
        version_flags=[],
        group_commands=Group("Commands", show=False),
        default_parameter=Parameter(negative=(), show_default=False),
        console=Console(soft_wrap=not sys.stdout.isatty()) if not sys.stdout.isatty() else None,
    )
    app.default(_command(verb))
    return app


def _command(verb: str):  # type: ignore[no-untyped-def]
    return import_module(f".commands.{verb}", __package__).command


def _in_words(error: CycloptsError, verb: str, arguments: list[str]) -> str:
    text = " ".join(str(error).split())
    files = [a for a in arguments if a.startswith("-") and Path(a).exists()]
    hint = f" To name the file {files[0]}, write ./{files[0]}." if files else ""
    return f"{text}{hint} See jamjae {verb} --help."
