"""What a shell needs to complete `jamjae`: a script, and the names that it asks for at a key press."""

from cyclopts import App

from .parse import application
from .verbs import VERBS

# What cyclopts' scripts leave out. In bash, what is no name is a file; zsh has to be told whose function it is.
END = {
    "bash": "complete -o bashdefault -o default -F _jamjae jamjae\n",
    "zsh": "compdef _cyclopts_jamjae jamjae\n",
    "fish": "",
}


def script(shell: str) -> str:
    """The script of a shell: verbs, their options and choices; names are asked for by `jamjae __complete`."""
    written: str = tree(VERBS).generate_completion(prog_name="jamjae", shell=shell)  # type: ignore[arg-type]
    return written + END[shell]


def answer(words: list[str]) -> int:
    """Print the names that may stand where the last of the words stands; nothing where there are none."""
    if words and words[0] in VERBS:
        tree([words[0]])(["__complete", *words], result_action="return_value")
    return 0


def tree(verbs: list[str] | dict[str, str]) -> App:
    """One parser that holds those of the verbs."""
    whole = App(name="jamjae", help_format="plaintext", version_flags=["--version"])
    for verb in verbs:
        whole.command(application(verb), name=verb)
    return whole
