"""Sentences as tokens in a row."""

import unicodedata
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np

from ...core.errors import DataError
from ...core.event import Event
from .base import Form
from .tokens import Bytes, Tokens, Words

GONE = "\N{REPLACEMENT CHARACTER}"
LONGEST = 4096  # places


class Text(Form):
    """Sentences as the numbers of their tokens, then one that says that it ends, then -1 up to the length.

    A sentence whose end does not fit is cut, and has no end. Texts are NFC, so that a Korean syllable is one character
    however it was stored.

    Arguments:
        tokens: The pieces.
        length: Places of one example.

    Example:
        >>> form = Text(Bytes(), 4)
        >>> form.values(["ab", "abcdef"]).tolist()
        [[97, 98, 256, -1], [97, 98, 99, 100]]
        >>> form.readable(form.values(["ab", "abcdef"]))
        ['ab', 'abcd']
    """

    kind: ClassVar[str] = "text"
    endings: ClassVar[tuple[str, ...]] = (".txt",)

    def __init__(self, tokens: Tokens, length: int) -> None:
        self.tokens, self.length = tokens, length
        self.end = tokens.count

    @property
    def event(self) -> Event:
        """One example, as the parts see it."""
        return Event((self.length,), "text", 0.0, float(self.end), missing=True, levels=self.end + 1)

    def spec(self) -> dict[str, Any]:
        return {"kind": self.kind, "length": self.length, **self.tokens.spec()}

    @classmethod
    def of(cls, spec: dict[str, Any]) -> Self:
        length, kind = spec.get("length"), spec.get("tokens")
        if not isinstance(length, int) or not 1 <= length <= LONGEST:
            raise DataError(f"the form of the text needs a `length` from 1 to {LONGEST}; got {length!r}.")
        if kind not in (Bytes.kind, Words.kind):
            raise DataError(f"the form of the text needs `tokens` that are bytes or words; got {kind!r}.")
        return cls(Bytes() if kind == Bytes.kind else Words(spec.get("tokeniser", "")), length)

    def values(self, given: Any) -> np.ndarray:
        found = self.tokens.encode([clean(s, self.length * self.tokens.longest, n) for n, s in enumerate(given)])
        x = np.full((len(found), self.length), -1, np.int16 if self.end < 2**15 else np.int32)
        for row, numbers in zip(x, found, strict=True):
            whole = [*numbers[: self.length], self.end][: self.length]
            row[: len(whole)] = whole
        return x

    def readable(self, x: np.ndarray) -> list[str]:
        return [self.sentence(row) for row in np.asarray(x).astype(np.int64).tolist()]

    def sentence(self, row: Sequence[int]) -> str:
        """The sentence of one example, (length,)."""
        stop = next((n for n, k in enumerate(row) if k == self.end), None)
        return self.tokens.decode([k for k in row[:stop] if 0 <= k < self.end], stop is not None)

    def lines(self, x: np.ndarray) -> list[str]:
        return [line(text) for text in self.readable(x)]

    def content(self, x: np.ndarray, ending: str) -> bytes:
        return "".join(f"{text}\n" for text in self.lines(x)).encode()

    def cut(self, x: np.ndarray) -> int:
        """How many examples x (n, length) have no end."""
        return int((x != self.end).all(1).sum())


def clean(sentence: Any, most: int, row: int) -> str:
    """A sentence in NFC, no longer than it can matter.

    Raises:
        DataError: If it is no text.
    """
    if not isinstance(sentence, str):
        raise DataError(f"row {row} is {type(sentence).__name__}, not a text. Pass a list of strings.")
    found = unicodedata.normalize("NFC", str(sentence[: 4 * most]))[:most]  # NFD takes up to four for one
    if any("\ud800" <= c <= "\udfff" for c in found):
        raise DataError(f"row {row} holds half a character (a surrogate), which no encoding has. Remove it.")
    return found


def line(text: str) -> str:
    """A text as one line that is safe to print: a space for a line's end, a mark for other control characters.

    Example:
        >>> line("two\\nlines, \\x1b[31mred")
        'two lines, \ufffd[31mred'
    """
    spaced = " ".join(text.splitlines())
    return "".join(c if c.isprintable() else " " if c.isspace() else GONE for c in spaced)
