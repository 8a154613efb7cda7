"""Start: the files of the page, the address with its token, the browser."""

import mimetypes
import secrets
import sys
import threading
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from ..run import Run
from . import address, server
from .shown import Shown

PAGE = Path(__file__).parent / "page"
MEDIA = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".gz": "application/gzip"}


def explore(
    runs: Run | Sequence[Run],
    port: int = 0,
    host: str = "127.0.0.1",
    open_browser: bool = True,
    layout: str = "plane",
) -> None:
    """Show runs in the browser until Ctrl-C.

    Arguments:
        runs: What to show: a run, or several side by side.
        port: Where to listen; 0 for a free one.
        host: The address to listen on; any but this machine's own lets others in who have the token.
        open_browser: Whether to open the page; the address is printed in any case.
        layout: How points are laid out: "plane", or "tsne" (extra `maps`).

    Raises:
        UsageError: For a port that is taken or a host that is not this machine's.
    """
    sockets = address.listen(host, port)
    port, token = sockets[0].getsockname()[1], secrets.token_urlsafe(32)
    shown = {secrets.token_hex(8): Shown(run, layout=layout) for run in several(runs)}
    for one in shown.values():
        one.prepare()
    application = server.app(shown, assets(PAGE), token, address.names(host, port))
    announce(f"http://{address.reached(host)}:{port}/?token={token}", host, open_browser)
    server.serve(application, sockets)


def several(runs: Run | Sequence[Run]) -> Sequence[Run]:
    """Runs, where it may be one."""
    return [runs] if isinstance(runs, Run) else runs


def announce(url: str, host: str, open_browser: bool) -> None:
    """Print the address, warn where others can reach it, open it."""
    if host not in address.LOOPBACK:
        others = f"jamjae: --host {host} lets other machines connect, without encryption; they need the token."
        print(others, file=sys.stderr)
    print(f"{url}\nThe address opens once. Stop with Ctrl-C.", flush=True)
    if open_browser:  # beside the server: a browser in a terminal waits for its page
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def assets(folder: Path) -> dict[str, tuple[bytes, str]]:
    """The files of the page by name, with their media types; all of them, read once."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.name: (path.read_bytes(), media(path)) for path in files}


def media(path: Path) -> str:
    """The media type of a file.

    Example:
        >>> media(Path("map.js")), media(Path("ort.wasm")), media(Path("ort.wasm.gz")), media(Path("index.html"))
        ('text/javascript', 'application/wasm', 'application/gzip', 'text/html')
    """
    return MEDIA.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
