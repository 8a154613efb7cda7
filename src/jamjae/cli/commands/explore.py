"""jamjae explore."""

from pathlib import Path

from ..names import AnyData, RunName


def command(
    run: RunName = "last",
    /,
    *others: RunName,
    port: int = 0,
    host: str = "127.0.0.1",
    no_open: bool = False,
    save: Path | None = None,
    layout: str = "plane",
    data: AnyData = None,
    runs: Path = Path("runs"),
) -> None:
    """The latent space of runs in the browser, until Ctrl-C. Prints the address, which opens once.

    Parameters:
        run: A folder, a name, or `last`.
        others: More runs.
        port: Where to listen; 0 for a free one.
        host: The address to listen on; any but this machine's own lets others in who have the token.
        save: Write the page into this file instead, with models and points inside; it needs no server.
        layout: How the map lays out more than two axes: plane (two principal components) or tsne (extra `maps`).
        no_open: Print the address and open no browser.
        data: The data again, where it was moved or was an array.
        runs: Where runs lie.
    """
    from ... import explorer
    from ...run import load
    from .. import opened

    first = opened.opened(run, runs, data)
    shown = [first, *(load(name, data, runs=runs) for name in others)]
    if save is not None:
        print(explorer.save(shown, save, layout))
    else:
        explorer.explore(shown, port, host, not no_open, layout)
