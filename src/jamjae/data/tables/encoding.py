"""The encoding of a text file: UTF-8, UTF-16 with its mark, or Korean CP949; nothing else is guessed."""

import codecs
from pathlib import Path

from ...core.errors import DataError
from ..encodings import common
from ..names import legible

LOOKED = 1 << 16  # bytes that may tell UTF-16 and binary files
_BLOCK = 1 << 24


def encoding_of(path: Path) -> str:
    """ "utf-16" with its mark, otherwise "utf-8" if every byte fits, otherwise "cp949" if that makes common Korean.

    Raises:
        DataError: If none fits.
    """
    with path.open("rb") as file:
        start = file.read(LOOKED)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        _whole(path)
        return "utf-16"
    if b"\0" in start:
        raise DataError(f"{legible(path.name)} holds zero bytes: it is no text. Export it as CSV in UTF-8.")
    if (wrong := _undecodable(path, "utf-8")) is None:
        return "utf-8"
    if _undecodable(path, "cp949") is None and _korean(path):
        return "cp949"
    name = legible(path.name)
    raise DataError(f"{name} is neither UTF-8 (byte {wrong:,} is not) nor Korean CP949. Save it as UTF-8.")


def _whole(path: Path) -> None:
    """Refuse UTF-16 that is cut or damaged."""
    if (wrong := _undecodable(path, "utf-16")) is not None:
        raise DataError(f"{legible(path.name)} begins as UTF-16, and byte {wrong:,} is none. Save it as UTF-8.")


def _undecodable(path: Path, encoding: str) -> int | None:
    """Position of about the first byte that the encoding does not know; None where all fit."""
    decoder, before = codecs.getincrementaldecoder(encoding)(), 0
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return before + error.start
            if not block:
                return None
            before += len(block)


def _korean(path: Path) -> bool:
    """Whether what CP949 makes of it are common syllables."""
    with path.open("rb") as file:
        return common(file.read(_BLOCK).decode("cp949", "ignore"))
