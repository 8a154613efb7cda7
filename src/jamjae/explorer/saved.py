"""The explorer as one file that needs no server and no network: page, runtime, models and points inside."""

import base64
import gzip
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from ..core.errors import UsageError
from ..core.files import write_bytes
from ..run import Run
from .begin import PAGE, assets, several
from .shown import Shown

RUNTIME = "ort-wasm-simd-threaded.wasm.gz"
IMPORT = re.compile(rb"""(?:from|import\()\s*"\./([\w.-]+)\"""")
POLICY = (
    "default-src 'none'; script-src 'sha256-{boot}' blob: 'wasm-unsafe-eval'; style-src 'sha256-{style}'; "
    "img-src data: blob:; media-src data: blob:; base-uri 'none'; form-action 'none'"
)


def save(runs: Run | Sequence[Run], path: str | Path, layout: str = "plane") -> Path:
    """Write the explorer of these runs as one HTML file.

    Raises:
        UsageError: Where a run cannot be decoded without a server, with the reason.
    """
    target = Path(path)
    write_bytes(target, saved(several(runs), layout))
    return target


def saved(runs: Sequence[Run], layout: str = "plane") -> bytes:
    """The explorer of these runs as one HTML file."""
    shown = {str(i): Shown(run, layout=layout) for i, run in enumerate(runs)}
    for one in shown.values():
        if one.why_not_local:
            raise UsageError(f"{one.name} cannot be shown without a server: {one.why_not_local}")
    return page(shown, {name: content for name, (content, _) in assets(PAGE).items()})


def page(shown: Mapping[str, Shown], files: Mapping[str, bytes]) -> bytes:
    """The file: the page with its style and its start inside, and everything else as parts that are no scripts."""
    style, boot = files["style.css"], files["boot.js"]
    policy = POLICY.format(boot=digest(boot), style=digest(style))
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'.encode()
    html = files["index.html"].replace(b'<meta charset="utf-8">', b'<meta charset="utf-8">\n' + head)
    html = html.replace(b'<link rel="stylesheet" href="/asset/style.css">', b"<style>" + style + b"</style>")
    html = html.replace(b'<script type="module" src="/asset/main.js"></script>\n', b"")
    content = [*parts(shown, files), b'<script type="module">' + boot + b"</script>"]
    return html.replace(b"</body>", b"\n".join(content) + b"\n</body>")


def parts(shown: Mapping[str, Shown], files: Mapping[str, bytes]) -> Iterable[bytes]:
    """Everything that the page would ask a server for."""
    yield part("runs", json.dumps([{"id": key, "name": one.name} for key, one in shown.items()]).encode())
    for key, one in shown.items():
        for name in ("about", "points", "decoder", *(("encoder", "pictures") if one.atlas.encodes else ())):
            yield part(f"{key}/{name}", one.get(name, {}).body)
    yield part(f"asset/{RUNTIME}", files[RUNTIME], packed=True)
    yield part("asset/words.ko.json", files["words.ko.json"])
    for name in ordered("main.js", files):
        yield part(f"module/{name}", files[name])


def part(name: str, content: bytes, packed: bool = False) -> bytes:
    """Compressed bytes as text, which no browser runs."""
    text = base64.b64encode(content if packed else gzip.compress(content, 9, mtime=0))
    return b'<script type="application/octet-stream" data-part="%s">%s</script>' % (name.encode(), text)


def ordered(first: str, files: Mapping[str, bytes]) -> list[str]:
    """A module and all that it imports, each after those it imports itself.

    Example:
        >>> ordered("a.js", {"a.js": b'import { b } from "./b.js";', "b.js": b""})
        ['b.js', 'a.js']
    """
    found: list[str] = []

    def visit(name: str) -> None:
        for needed in IMPORT.findall(files[name]):
            if needed.decode() not in found:
                visit(needed.decode())
        found.append(name)

    visit(first)
    return found


def digest(content: bytes) -> str:
    """SHA-256 as a content security policy has it."""
    return base64.b64encode(sha256(content).digest()).decode()
