"""jamjae demo."""

from pathlib import Path


def command(*, runs: Path = Path("runs"), epochs: float | None = None, quiet: bool = False) -> int:
    """An autoencoder and a VAE on bundled real digits, compared in one report. No download, about a minute.

    Parameters:
        runs: Where runs go.
        epochs: Passes over the digits.
        quiet: Print only the report's path.
    """
    from ..demonstration import demonstrate

    return demonstrate(runs, epochs, quiet)
