"""Everything that goes wrong becomes one message on stderr and an exit code."""

import errno
import os
import sys
import traceback
import warnings
from collections.abc import Callable

from .wrong import WrongUse

FAILED, WRONG, FULL, DIVERGED, INTERRUPTED = 1, 2, 3, 4, 130
CODES = {
    0: "Done.",
    FAILED: "It could not be done: data, files or packages are not as they must be, or jamjae has a fault.",
    WRONG: "The command cannot be understood or an option is wrong; nothing was computed or written.",
    FULL: "No room left on the disk; what had been written before is whole.",
    DIVERGED: "Training diverged.",
    INTERRUPTED: "Interrupted (Ctrl-C); what was trained is kept, and `jamjae resume` goes on.",
}
PACKAGES = {
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}  # module -> what pip calls it, where they differ


def guarded(work: Callable[[], int]) -> int:
    """The exit code of `work`, whatever happens in it."""
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _warned  # type: ignore[assignment]
            code = work()
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return _say("interrupted.", INTERRUPTED)
    except BrokenPipeError:  # the reader of our output has gone: nobody is left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("JAMJAE_DEBUG"):
            traceback.print_exc()
        return explain(error)


def _warned(message: Warning | str, *where: object, **more: object) -> None:
    print(f"jamjae: {message}", file=sys.stderr)


def explain(error: Exception) -> int:
    """Say what went wrong; the exit code that belongs to it."""
    if isinstance(error, WrongUse):
        return _say(f"{error}", WRONG)
    if (code := getattr(error, "exit_code", None)) is not None:  # a JamjaeError, without importing torch to ask
        return _say(str(error), code)
    if isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith("jamjae"):
        package = PACKAGES.get(error.name.split(".")[0], error.name.split(".")[0])
        return _say(f"this needs {package}, which is not installed. Type: pip install {package}", FAILED)
    if isinstance(error, OSError):
        return _say(system(error), FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else FAILED)
    name = type(error).__name__
    return _say(
        f"unexpected {name}: {error}\nThis is a fault of jamjae. For the traceback: JAMJAE_DEBUG=1 jamjae ...", FAILED
    )


def system(error: OSError) -> str:
    """What the system refused, on which file, and what to do."""
    where = f"{error.filename}: " if error.filename is not None else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{where}no room left on the disk. Free some space and try again."
    advice = {errno.EACCES: " Choose a place you may write to.", errno.ENOENT: " Check the name."}
    return f"{where}{error.strerror or error}.{advice.get(error.errno or 0, '')}"


def _say(text: str, code: int) -> int:
    print(f"jamjae: {text}", file=sys.stderr)
    return code
