"""`jamjae VERB ...`: find the verb, let it work, turn what goes wrong into one message and an exit code.

Exit codes: `failures.CODES`.
"""

import sys
from collections.abc import Sequence

from .. import __version__
from .failures import guarded
from .wrong import nearest

VERBS = {
    "check": "What data is, what is wrong with it, what would be fitted",
    "fit": "Fit a recipe to data, in a new run folder",
    "resume": "Go on with a run that was stopped, or train a finished one further",
    "evaluate": "Measure a run: numbers with intervals and baselines",
    "diagnose": "What is wrong with a run, in plain words, and what to change",
    "compare": "Runs or recipes side by side: differences with intervals",
    "sweep": "Fit one run per value of an option: the curve of rate and distortion",
    "sample": "New examples from a run",
    "encode": "Codes of examples",
    "decode": "Examples of codes",
    "generate": "Synthetic rows of a table, and how far they can stand in for real ones",
    "predict": "Labels of examples, by a small head on their codes",
    "neighbours": "The nearest examples of a run's data, by code",
    "impute": "Fill in missing cells, with intervals",
    "score": "How strange examples are, and which are flagged",
    "reconstruct": "Examples through the code and back",
    "interpolate": "What lies between two examples",
    "report": "Runs in one HTML file: pictures, numbers, plain words",
    "export": "A run for other programs: ONNX, torch.export, weights, a folder for a model hub",
    "explore": "The latent space of runs in the browser",
    "list": "Recipes, parts with their options, data sets, metrics, runs",
    "demo": "An autoencoder and a VAE on bundled digits, compared in one report",
}
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
    verb, *rest = given
    if verb not in VERBS:
        raise nearest("verb", verb, VERBS)
    from .parse import call

    return call(verb, rest)


def overview() -> str:
    """All verbs, one line each."""
    return USE.format(verbs="\n".join(f"  {verb:<12} {what}" for verb, what in VERBS.items()))
