"""Errors that say what, where and what to do; each knows the exit code of the command line."""

# ruff: noqa: N818 - `Diverged` and `Damaged` say what happened; the base class says that they are errors

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any


class JamjaeError(Exception):
    """Base of every error that is meant for the user. `exit_code` is what the command line returns."""

    exit_code = 1


class UsageError(JamjaeError, ValueError):
    """A wrong argument, name or combination of options."""

    exit_code = 2


class DataError(JamjaeError, ValueError):
    """Data that cannot be read or that no likelihood can describe."""


class Undefined(JamjaeError):
    """A quantity that has no meaning here; the message is the reason."""


class Damaged(JamjaeError):
    """A file that does not match its recorded SHA-256, or is of another version."""


class DiskFull(JamjaeError):
    """There was no room for a write; what had been written before is untouched."""

    exit_code = 3


class Diverged(JamjaeError):
    """Training met non-finite numbers more often than it may roll back."""

    exit_code = 4


def require(holds: bool, rule: str, got: Any, instead: str = "") -> None:
    """Raise `UsageError` unless `holds`: the rule (naming the argument), the value, what to pass instead.

    Example:
        >>> require(0 > 1, "`samples` must be at least 1", got=0, instead="Pass samples=1.")
        Traceback (most recent call last):
        jamjae.core.errors.UsageError: `samples` must be at least 1; got 0. Pass samples=1.
    """
    if not holds:
        raise UsageError(f"{rule}; got {got!r}. {instead}".rstrip())


def unknown(what: str, name: str, names: Iterable[str]) -> UsageError:
    """The error for a name that does not exist: nearest spelling first, then every valid name.

    Example:
        >>> print(unknown("prior", "gausian", ["gaussian", "mixture"]))
        unknown prior 'gausian'; did you mean 'gaussian'? Known: gaussian, mixture.
    """
    known = sorted(names)
    close = get_close_matches(str(name), known, n=1, cutoff=0.5)
    hint = f"; did you mean {close[0]!r}?" if close else "."
    return UsageError(f"unknown {what} {name!r}{hint} Known: {', '.join(known) or 'none'}.")
