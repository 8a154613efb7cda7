"""Options of parts, `--prior.components 10`: taken out before the rest is parsed, because no list has them.

So are options with several values, `--lr 1e-4..1e-2`, for the verb that takes them.
"""

import re

from .wrong import WrongUse

NUMBER = r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?"
MANY = re.compile(rf"{NUMBER}(?:\.\.{NUMBER}|(?:,{NUMBER})+)")


def split(arguments: list[str]) -> tuple[list[str], dict[str, str]]:
    """The other arguments, and the dotted options by name.

    Example:
        >>> split(["vae", "--prior.components", "10", "--objective.free-bits=0.1", "--compile", "true"])
        (['vae', '--compile=true'], {'prior.components': '10', 'objective.free_bits': '0.1'})
    """
    rest: list[str] = []
    dotted: dict[str, str] = {}
    words = iter(arguments)
    for word in words:
        if word == "--":
            return [*rest, word, *words], dotted
        name, equals, value = word.removeprefix("--").partition("=")
        if word.startswith("--") and "." in name:
            dotted[name.replace("-", "_")] = value if equals else _value(word, next(words, None))
        elif word in ("true", "false") and rest and rest[-1].startswith("--") and "=" not in rest[-1]:
            rest[-1] += f"={word}"
        else:
            rest.append(word)
    return rest, dotted


def _value(option: str, word: str | None) -> str:
    if word is None or word.startswith("--"):
        raise WrongUse(f"{option} needs a value, for example {option} 10.")
    return word


def ranges(arguments: list[str]) -> tuple[dict[str, str], list[str]]:
    """Options whose value is a range or a list of numbers, by name, and the other arguments.

    Example:
        >>> ranges(["vae", "--objective.beta", "0.1..16", "--lr=1e-3,1e-2", "--epochs", "5"])
        ({'objective.beta': '0.1..16', 'lr': '1e-3,1e-2'}, ['vae', '--epochs', '5'])
    """
    found: dict[str, str] = {}
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        name, equals, value = word.removeprefix("--").partition("=")
        given = value if equals else next(words, None) if word.startswith("--") else None
        if word.startswith("--") and given is not None and MANY.fullmatch(given):
            found[name.replace("-", "_")] = given
        else:
            rest += [word] if equals or given is None else [word, given]
    return found, rest
