"""The code blocks of a Markdown page, and what their marks ask for.

Every console or Python block of the documentation carries a mark on the line before it:

    <!-- run -->                                       it runs, and what it prints follows it
    <!-- run; quiet -->                                it runs; what it prints is left out
    <!-- run; hidden -->                               it runs; only what it prints and draws is shown
    <!-- run; picture: runs/x/samples.png; alt: Digits drawn from the prior -->     a file that it wrote follows it
    <!-- run; page: explorer.html; alt: The explorer of this run -->                as above, for HTML
    <!-- not run: reason -->

Figures that a Python block leaves open follow it without being named; `alt` describes them, too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

LANGUAGES = ("console", "python")
FENCE = re.compile(
    r"(?:^<!-- (?P<mark>(?:run|not run)\b[^\n]*?) -->\n)?^```(?P<language>\w+)\n(?P<code>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
WISHES = {"run", "quiet", "hidden", "picture", "page", "alt"}


@dataclass(frozen=True)
class Block:
    """A block, where it ends in the page, and its mark as wish -> value."""

    language: str
    code: str
    start: int
    end: int
    wishes: dict[str, str] = field(default_factory=dict)
    marked: bool = True
    reason: str = ""  # why it does not run

    @property
    def runs(self) -> bool:
        """Whether it is to be executed."""
        return "run" in self.wishes


def blocks(text: str) -> Iterator[Block]:
    """The console and Python blocks of a page, in order."""
    for found in FENCE.finditer(text):
        if found["language"] in LANGUAGES:
            mark = found["mark"]
            reason = (mark or "").partition("not run: ")[2]
            yield Block(found["language"], found["code"], *found.span(), wishes(mark or ""), mark is not None, reason)


def wishes(mark: str) -> dict[str, str]:
    """A mark as wish -> value.

    Raises:
        ValueError: For a wish that does not exist, or a reason that is missing.

    Example:
        >>> wishes("run; picture: a.png; alt: Ten digits")
        {'run': '', 'picture': 'a.png', 'alt': 'Ten digits'}
        >>> wishes("not run: needs an hour")
        {}
    """
    if not mark or re.fullmatch(r"not run: .+", mark):
        return {}
    pairs = (piece.partition(":") for piece in re.split(r";\s+(?=\w+(?::|;|$))", mark))
    found = {name.strip(): value.strip() for name, _, value in pairs}
    if not found.keys() <= WISHES or "run" not in found:
        raise ValueError(f"a mark is `run` with {sorted(WISHES - {'run'})}, or `not run: reason`; got {mark!r}")
    return found


def commands(code: str) -> list[str]:
    """The commands of a console block, continued lines joined."""
    joined = re.sub(r"\s*\\\n\s*", " ", code)
    return [line.removeprefix("$ ") for line in joined.splitlines() if line.startswith("$ ")]
