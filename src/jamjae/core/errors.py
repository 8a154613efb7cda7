"""Errors that say what, where and what to do; each knows the exit code of the command line."""

# ruff: noqa: N818 - `Diverged` and `Damaged` say what happened; the base class says that they are errors

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any


class JamjaeError(Exception):
    """Base of every error that is meant for the user, and itself raised where a file or the system fails.

    `exit_code` is what the command line returns.

    Remedy:
        The message says what could not be done and what to type; catch this class to catch all of jamjae's errors.
    """

    exit_code = 1


class UsageError(JamjaeError, ValueError):
    """A wrong argument, name or combination of options; nothing was computed or written.

    Remedy:
        Type what the message proposes: the nearest name, a value in the range, the option that is missing.
    """

    exit_code = 2


class DataError(JamjaeError, ValueError):
    """Data that cannot be read or that no likelihood can describe.

    Remedy:
        `jamjae check DATA` lists what is wrong with it; the message names the file and row and how to mend them.
    """


class Undefined(JamjaeError):
    """A quantity that has no meaning here; the message is the reason. An evaluation prints it in place of a number.

    Remedy:
        Ask another question of this model, or fit one for which it has a meaning; the reason says which.
    """


class Damaged(JamjaeError):
    """A file of a run that does not match its recorded SHA-256, cannot be read, or is of another format.

    Remedy:
        `jamjae resume RUN` writes the weights again from the last checkpoint that verifies; without one, fit again.
    """


class DiskFull(JamjaeError):
    """There was no room for a write; what had been written before is untouched.

    Remedy:
        Free some space, then `jamjae resume RUN`.
    """

    exit_code = 3


class Diverged(JamjaeError):
    """Training met non-finite numbers more often than it may roll back; the last finite state is kept.

    Remedy:
        Fit again with a lower `--lr`, with `--clip 1`, or as `jamjae diagnose RUN` proposes.
    """

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
