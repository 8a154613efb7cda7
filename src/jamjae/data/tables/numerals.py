"""Numbers as people write them: 1234.5, 1,234.5 and 1.234,5."""

import re

import numpy as np

from .extra import library

_POINT = re.compile(r"[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_POINT_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
_COMMA = re.compile(r"[+-]?(?:0|[1-9]\d*)(?:,\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_COMMA_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:([.' \xa0\u202f])\d{3})(?:\1\d{3})*(?:,\d+)?", re.ASCII)


def numeral(text: str, comma: bool) -> float | None:
    """The number that a text writes, with a decimal point or a decimal comma; None where it writes none.

    Leading zeros make no number (they are codes), and neither do words such as inf.

    Example:
        >>> numeral("1,234.5", False), numeral("1.234,5", True), numeral("1,5", False), numeral("007", False)
        (1234.5, 1234.5, None, None)
    """
    text = text.strip().replace("\N{MINUS SIGN}", "-")
    if comma:
        if _COMMA.fullmatch(text) or _COMMA_GROUPS.fullmatch(text):
            return float(re.sub(r"[.' \xa0\u202f]", "", text).replace(",", "."))
    elif _POINT.fullmatch(text) or _POINT_GROUPS.fullmatch(text):
        return float(text.replace(",", ""))
    return None


def numerals(texts: tuple[str, ...], comma: bool) -> np.ndarray:
    """`numeral` of every text, NaN where it writes none, (number of texts,), float64.

    Example:
        >>> numerals(("1.5", "1,234", "x"), False).tolist()
        [1.5, 1234.0, nan]
    """
    found = np.full(len(texts), np.nan)
    if not texts:
        return found
    series = library("pandas").Series(texts, dtype="str")  # most texts are plain, and columns of them are fast
    plain = series.str.fullmatch((_COMMA if comma else _POINT).pattern).to_numpy(bool)
    found[plain] = (series.str.replace(",", ".", regex=False) if comma else series)[plain].astype(float)
    for k in np.flatnonzero(~plain):
        value = numeral(texts[k], comma)
        found[k] = np.nan if value is None else value
    return found


def written(value: float) -> str:
    """A number as the name of a category: whole ones without a fraction.

    Example:
        >>> written(2.0), written(0.5)
        ('2', '0.5')
    """
    return str(int(value)) if float(value).is_integer() else repr(float(value))
