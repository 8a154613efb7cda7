"""Options of parts, `--prior.components 10`: taken out before the rest is parsed, because no list has them."""

from .wrong import WrongUse


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
