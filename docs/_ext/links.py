"""Dead links and missing pictures: in Markdown files, and in a tree of HTML pages that was built from them.

python docs/_ext/links.py docs/_build/html      names what leads nowhere, and fails if there is any
"""

import re
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FENCED = re.compile(r"^(`{3,})[^`\n]*\n.*?^\1$|`[^`\n]+`", re.DOTALL | re.MULTILINE)
TARGET = re.compile(r"\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)|<(?:img|a)\s[^>]*(?:src|href)=\"([^\"]+)\"")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
FRAMED = "_pages"  # whole pages that blocks wrote: one file each, made elsewhere


# -- Markdown ---------------------------------------------------------------------------------------------------------


def targets(text: str) -> list[str]:
    """Where the links and pictures of a Markdown text lead, those to the network left out.

    Example:
        >>> targets("[a](b.md#c) and `[d](e)`, <https://f>, ![g](h.png)")
        ['b.md#c', 'h.png']
    """
    prose = COMMENT.sub("", FENCED.sub("", text))
    found = [first or second for first, second in TARGET.findall(prose)]
    return [target for target in found if not urlsplit(target).scheme]


def slug(heading: str) -> str:
    """The anchor of a heading.

    Example:
        >>> slug("`t`: what it *costs*, in [nats](x.md)"), slug("잠재 공간")
        ('t-what-it-costs-in-nats', '잠재-공간')
    """
    words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


@cache
def headings(page: Path) -> frozenset[str]:
    """The anchors of a Markdown page; a heading that comes again gets a number."""
    found: list[str] = []
    for heading in HEADING.findall(re.sub(r"^(`{3,}).*?^\1$", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)):
        anchor = slug(heading)
        times = sum(re.fullmatch(rf"{re.escape(anchor)}(-\d+)?", one) is not None for one in found)
        found.append(f"{anchor}-{times}" if times else anchor)
    return frozenset(found)


def lost(page: Path) -> Iterator[str]:
    """The targets of a Markdown page that do not exist, file or anchor."""
    for target in targets(page.read_text(encoding="utf-8")):
        path, _, anchor = unquote(target).partition("#")
        file = page.parent / path if path else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in headings(file)):
            yield target


# -- HTML -------------------------------------------------------------------------------------------------------------


class Seen(HTMLParser):
    """The anchors of a page, and where its links, pictures, frames and files lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.leads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in attributes if value}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        self.leads += [given[name] for name in ("href", "src") if name in given]


def dead(tree: Path) -> list[str]:
    """What leads nowhere within a tree of HTML pages, as `page: target`."""
    paths = [path.resolve() for path in sorted(tree.rglob("*.html")) if FRAMED not in path.relative_to(tree).parts]
    pages = {path: Seen(path.read_text(encoding="utf-8")) for path in paths}
    found = ((page, lead) for page, seen in pages.items() for lead in seen.leads if missing(page, lead, pages))
    return [f"{page.relative_to(tree.resolve())}: {lead}" for page, lead in found]


def missing(page: Path, lead: str, pages: dict[Path, Seen]) -> bool:
    """Whether a target on this disk does not exist."""
    split = urlsplit(lead)
    if split.scheme or split.netloc:
        return False
    file = (page.parent / unquote(split.path)).resolve() if split.path else page
    file = file / "index.html" if file.is_dir() else file
    if not file.is_file():
        return True
    return bool(split.fragment) and file in pages and unquote(split.fragment) not in pages[file].anchors


def main() -> int:
    """From the command line."""
    found = dead(Path(sys.argv[1]))
    print("\n".join(found), end="\n" if found else "")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
