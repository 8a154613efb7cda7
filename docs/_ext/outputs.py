"""Sphinx: pages are run before they are read, and what their blocks gave is put behind them.

`{{ name }}` and `{{ name:.2f }}` in a page stand for a number or text that its Python blocks computed, and
`{{ picture elbo 2 }}` for the second described picture of the page elbo.md beside it.
"""

import json
import re
import shutil
from pathlib import Path
from typing import Any

from blocks import Block, blocks
from execute import asked, forget, outcome, run_all
from PIL import Image
from sphinx.application import Sphinx

PICTURE = re.compile(r"\{\{ picture ([\w-]+) (\d+) \}\}")
FIGURE = re.compile(r"\d+-\d+\.png")  # drawn by a Python block
SCALE = 0.6  # pixels of the page for a pixel of a figure, which has 180 to the inch
PLACE = re.compile(r"\{\{ ?(\w+)(?::([^{}\s]+))? ?\}\}")


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to the build."""
    app.connect("builder-inited", perform)
    app.connect("source-read", complete)
    return {"parallel_read_safe": True}


def perform(app: Sphinx) -> None:
    """Run all pages whose outcome is not kept."""
    pages = [Path(app.env.doc2path(name)) for name in sorted(app.project.discover())]
    run_all(pages)
    forget(pages)


def complete(app: Sphinx, name: str, source: list[str]) -> None:
    """Put the outputs into a page."""
    page = Path(app.env.doc2path(name))
    source[0] = PICTURE.sub(lambda found: borrowed(page.with_name(f"{found[1]}.md"), int(found[2])), source[0])
    if asked(source[0]):
        out = outcome(page)
        kept = json.loads((out / "outputs.json").read_text(encoding="utf-8"))
        source[0] = filled(with_outputs(source[0], kept["blocks"], out, app), kept["values"])


def with_outputs(text: str, results: list[dict[str, Any]], out: Path, app: Sphinx) -> str:
    """A page with the output of each block behind it."""
    pieces, end = [], 0
    remaining = iter(results)
    for block in blocks(text):
        if block.runs:
            result = next(remaining)
            pieces.append(text[end : block.start if "hidden" in block.wishes else block.end])
            pieces.append(shown(block, result, out, app))
            end = block.end
    return "".join([*pieces, text[end:]])


def shown(block: Block, result: dict[str, Any], out: Path, app: Sphinx) -> str:
    """What a block gave, as Markdown."""
    parts = []
    if result["text"] and "quiet" not in block.wishes:
        parts.append(f"```{{code-block}} text\n:class: output\n\n{result['text']}\n```")
    alt = block.wishes.get("alt", "")
    for name in result["files"]:
        parts.append(linked(app, out, name, alt) if name.endswith(".html") else sized(out, name, alt))
    return "\n" + "\n\n".join(parts) + "\n"


def pictured(out: Path, name: str, alt: str) -> str:
    """A picture with its description, inside of a line.

    Raises:
        ValueError: If nobody described it.
    """
    if not alt:
        raise ValueError(f"the picture {name} needs a description: <!-- run; alt: ... -->")
    return f"![{alt}](/_build/executed/{out.name}/{name})"


def sized(out: Path, name: str, alt: str) -> str:
    """A picture with its description, on its own: figures about as large as their letters want to be."""
    line = pictured(out, name, alt)
    if not FIGURE.fullmatch(name):
        return line
    with Image.open(out / name) as picture:
        width = round(picture.width * SCALE)
    return f"```{{image}} /_build/executed/{out.name}/{name}\n:alt: {alt}\n:width: {width}px\n```"


def borrowed(page: Path, number: int) -> str:
    """The picture of another page, as a link to it; they count from 1.

    Raises:
        IndexError: If the page has fewer.
    """
    out = outcome(page)
    results = json.loads((out / "outputs.json").read_text(encoding="utf-8"))["blocks"]
    alt, name = described(page, results)[number - 1]
    return f"[{pictured(out, name, alt)}]({page.name})"


def described(page: Path, results: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What is said of every described picture of a page, and its file; framed pages are none."""
    asking = zip(asked(page.read_text(encoding="utf-8")), results, strict=True)
    found = ((block.wishes["alt"], result["files"]) for block, result in asking if "alt" in block.wishes)
    return [(alt, names[0]) for alt, names in found if not names[0].endswith(".html")]


def linked(app: Sphinx, out: Path, name: str, alt: str) -> str:
    """A page that a block wrote, framed, and a link to it on its own."""
    folder = Path(app.outdir) / "_pages" / out.name
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(out / name, folder / name)
    up = "../" * app.env.docname.count("/")
    address = f"{up}_pages/{out.name}/{name}"
    return (
        f'```{{raw}} html\n<p><a href="{address}">{alt}</a></p>\n'
        f'<iframe class="page" src="{address}" title="{alt}" loading="lazy"></iframe>\n```'
    )


def filled(text: str, values: dict[str, Any]) -> str:
    """A page with its numbers.

    Raises:
        KeyError: For a name that no block set.

    Example:
        >>> filled("The gap is {{ gap:.1f }} nats.", {"gap": 2.345})
        'The gap is 2.3 nats.'
    """
    return PLACE.sub(lambda found: format(values[found[1]], found[2] or ""), text)
