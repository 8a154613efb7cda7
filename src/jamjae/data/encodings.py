"""From the bytes of a file to text: UTF-8, UTF-16 with its mark, or the Korean code page 949."""

import codecs
import unicodedata

from ..core.errors import DataError

LARGEST = 2 << 30  # bytes of a file
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decoded(content: bytes, name: str) -> tuple[str, str]:
    """Text in NFC with "\\n" at the ends of lines, and a note where the encoding was not UTF-8.

    Raises:
        DataError: With the place of the first byte that is no text, and what to do.

    Example:
        >>> decoded("가\\r\\n나".encode("cp949"), "a.txt")
        ('가\\n나', 'a.txt is no UTF-8; it was read as CP949 (Korean).')
    """
    if len(content) > LARGEST:
        raise DataError(f"{name} has {len(content):,} bytes; at most {LARGEST:,} are read. Split it.")
    text, note = _text(content, name)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DataError(f"{name} is no text: there is a zero byte in line {line}. {REMEDY}")
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", plain), note


def common(text: str) -> bool:
    """Whether the letters beyond ASCII are common Korean ones: those of other languages become rare syllables."""
    foreign = [c for c in text[: 1 << 20] if ord(c) > 127]
    # Python's EUC-KR spells the rare syllables, too, but in eight bytes.
    return sum(len(c.encode("euc-kr", "ignore")) == 2 for c in foreign) >= 0.9 * len(foreign)


REMEDY = "Save it as UTF-8 text, or pass what it holds in another form."


def _text(content: bytes, name: str) -> tuple[str, str]:
    if content.startswith(UTF16):
        try:
            return content.decode("utf-16"), f"{name} was read as UTF-16."
        except UnicodeDecodeError as error:
            raise DataError(f"{name} is broken UTF-16 at byte {error.start}. {REMEDY}") from None
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        # Of a file with a mark, Python counts from behind it.
        where = error.start + (len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0)
    try:
        text = content.decode("cp949")
        if common(text):
            return text, f"{name} is no UTF-8; it was read as CP949 (Korean)."
        raise UnicodeError
    except UnicodeError:
        line = content.count(b"\n", 0, where) + 1
        raise DataError(
            f"{name} is neither UTF-8 nor CP949: byte {where} (line {line}) is {content[where]:#04x}. {REMEDY}"
        ) from None
