"""Names of files as text that can be shown."""

import os
import unicodedata


def legible(name: str) -> str:
    r"""A file name as text: NFC, and a mark in place of control characters and of bytes that are no UTF-8.

    Example:
        >>> legible("a\tb")
        'a\ufffdb'
    """
    text = unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) == "Cc" else c for c in text)
