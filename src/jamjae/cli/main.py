"""`jamjae VERB ...`: find the verb, let it work, turn what goes wrong into one message and an exit code.

Exit codes: `failures.CODES`.
"""

import sys
from collections.abc import Sequence

from .. import __version__
from .failures import guarded
from .verbs import VERBS
from .wrong import nearest

USE = """Usage: jamjae VERB [OPTIONS]

Models with a latent space: fit them, judge them, look inside.

{verbs}

  jamjae VERB --help    what a verb takes
  jamjae --version      the version

A RUN is a folder, a name in runs/, or `last`. Begin with: jamjae demo"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; without arguments, those of the process."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    return guarded(lambda: dispatch(given))


def dispatch(given: list[str]) -> int:
    """Answer what needs no verb; hand the rest to the verb."""
    if not given or given[0] in ("--help", "-h", "help"):
        print(overview())
        return 0
    if given[0] == "--version":
        print(__version__)
        return 0
    if given[0] == "__complete":  # the script of `jamjae completion` asks
        from .completion import answer

        return answer(given[1:])
    verb, *rest = given
    if verb not in VERBS:
        raise nearest("verb", verb, VERBS)
    from .parse import call

    return call(verb, rest)


def overview() -> str:
    """All verbs, one line each."""
    return USE.format(verbs="\n".join(f"  {verb:<12} {what}" for verb, what in VERBS.items()))
