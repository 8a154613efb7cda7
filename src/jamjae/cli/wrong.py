"""Wrong use of the command line itself, before anything of jamjae is imported."""

from collections.abc import Iterable
from difflib import get_close_matches


class WrongUse(Exception):  # noqa: N818 - it says what happened
    """A verb, an option or a value that the command line cannot understand; it never leaves the command line.

    Remedy:
        Type what the message proposes; `jamjae VERB --help` lists what a verb takes.
    """


def nearest(what: str, name: str, names: Iterable[str]) -> WrongUse:
    """The error for a name that does not exist, with the nearest spelling.

    Example:
        >>> print(nearest("verb", "fti", ["fit", "list"]))
        unknown verb 'fti'; did you mean 'fit'? Known: fit, list.
    """
    known = list(names)
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"; did you mean {close[0]!r}?" if close else "."
    return WrongUse(f"unknown {what} {name!r}{hint} Known: {', '.join(known)}.")
