"""Arrays in one piece: a length, a JSON table of contents, and the arrays one behind the other."""

import json
from collections.abc import Mapping

import numpy as np

KINDS = {"float32": "<f4", "int32": "<i4", "uint8": "|u1"}


def pack(arrays: Mapping[str, np.ndarray | None]) -> bytes:
    """Arrays of float32, int32 or uint8 as the page reads them; None is left out.

    Four bytes hold the length of the table of contents (little-endian), which is padded to a multiple of four, as every
    array is.

    Example:
        >>> len(pack({"x": np.zeros(3, np.float32)})) % 4
        0
    """
    table, parts, at = {}, [], 0
    for name, array in arrays.items():
        if array is None:
            continue
        content = np.ascontiguousarray(array, KINDS[str(array.dtype)]).tobytes()
        table[name] = {"kind": str(array.dtype), "shape": list(array.shape), "at": at}
        parts.append(padded(content))
        at += len(parts[-1])
    head = padded(json.dumps(table).encode(), b" ")
    return b"".join([len(head).to_bytes(4, "little"), head, *parts])


def padded(content: bytes, filler: bytes = b"\0") -> bytes:
    """To a multiple of four bytes."""
    return content + filler * (-len(content) % 4)
