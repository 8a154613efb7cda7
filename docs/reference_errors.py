"""The page docs/errors.md: exit codes and error classes, from the docstrings in core/errors.py and cli/."""

from typing import Any

from docstrings import body, page, table

from jamjae.cli import failures, wrong
from jamjae.core import errors
from jamjae.core.reference import section

TEXT = """Every error meant for a user names the argument or file, the rule, the value, and what to type instead. On the
command line it is one message on the standard error stream, and an exit code; in Python it is an exception of one of
the classes below. `JAMJAE_DEBUG=1` adds the traceback."""
CLASSES = [of for of in vars(errors).values() if isinstance(of, type) and issubclass(of, errors.JamjaeError)]
CLASSES += [wrong.WrongUse]


def errors_page() -> str:
    """The page."""
    codes = [(f"{code}", meaning, raised(code)) for code, meaning in failures.CODES.items()]
    return page(
        "Errors and exit codes",
        TEXT,
        "## Exit codes",
        table(("code", "meaning", "errors"), codes),
        "## Errors",
        *(error(of) for of in CLASSES),
    )


def raised(code: int) -> str:
    """The classes that end with a code."""
    return ", ".join(f"[`{of.__name__}`](#{of.__name__.lower()})" for of in CLASSES if code_of(of) == code)


def code_of(of: Any) -> int:
    """The exit code of a class."""
    return int(getattr(of, "exit_code", failures.WRONG))


def error(of: type) -> str:
    """The entry of a class: when it is raised, and the remedy."""
    bases = ", ".join(f"`{base.__name__}`" for base in of.__bases__)
    lines = [f"### {of.__name__}", body(of.__doc__), f"A kind of {bases}; exit code {code_of(of)}."]
    remedy = " ".join(section(of.__doc__, "Remedy").split())
    return "\n\n".join([*lines, *([f"*What to do.* {remedy}"] if remedy else [])])
