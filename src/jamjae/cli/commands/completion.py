"""jamjae completion."""

from typing import Literal


def command(shell: Literal["bash", "zsh", "fish"], /) -> None:
    """A script that lets a shell complete verbs, options, recipes, data sets and runs.

    Bash, as a line of ~/.bashrc: source <(jamjae completion bash). Zsh, in ~/.zshrc after compinit: source <(jamjae
    completion zsh). Fish: jamjae completion fish > ~/.config/fish/completions/jamjae.fish.

    Parameters:
        shell: bash, zsh or fish.
    """
    from ..completion import script

    print(script(shell), end="")
