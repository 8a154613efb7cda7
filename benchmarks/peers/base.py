"""What a peer is, what a check says, and how a check becomes a row that is kept."""

import io
import logging
import platform
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version

from benchmarks.kept import Result


@dataclass(frozen=True)
class Found:
    """What a check found.

    Arguments:
        holds: Whether the claim, which is the check's docstring, is true.
        measured: The figures, in words.
        how: Whether the peer was `run`, or its installed source was `read`.
    """

    holds: bool
    measured: str
    how: str = "run"


Check = Callable[[], Found]


@dataclass(frozen=True)
class Peer:
    """A project that does something of what this one does.

    Arguments:
        title: Its name.
        package: Its name in the package index.
        url: Where it lives.
        choose: What to choose it for.
        here: What this project does about it, with links.
        differs: Claims that speak for reading on here.
        ahead: Claims of what it has and this project has not.
    """

    title: str
    package: str
    url: str
    choose: str
    here: str
    differs: tuple[Check, ...]
    ahead: tuple[Check, ...]

    @property
    def checks(self) -> dict[str, Check]:
        """By name."""
        return {check.__name__: check for check in (*self.differs, *self.ahead)}

    @property
    def version(self) -> str:
        """The installed one, or nothing."""
        try:
            return version(self.package)
        except PackageNotFoundError:
            return ""


def claim(check: Check) -> str:
    """What it claims: its docstring on one line."""
    return " ".join((check.__doc__ or "").split())


def row(name: str, peer: Peer, check: Check, machine: str) -> Result:
    """The claim, what came of it, and when and where; the peer's own printing is held back, and what it raises is a
    claim that does not hold."""
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            found = check()
    except Exception as error:
        found = Found(False, f"{type(error).__name__}: {error}")
    finally:
        logging.disable(logging.NOTSET)
    return {
        "peer": name,
        "check": check.__name__,
        "claim": claim(check),
        "holds": bool(found.holds),
        "measured": found.measured,
        "how": found.how,
        "version": peer.version,
        "date": date.today().isoformat(),
        "command": f'make bench-peers ARGS="--only {name}.{check.__name__}"',
        "machine": f"{machine}, Python {platform.python_version()}, torch {version('torch')}",
    }
