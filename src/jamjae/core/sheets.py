"""Texts in files that spreadsheets open: none of them may act as a formula."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    Example:
        >>> harmless("=cmd()"), harmless("고양이"), harmless("-1.5")
        ("'=cmd()", '고양이', '-1.5')
    """
    return f"'{text}" if text.startswith(FORMULA) and not number(text) else text


def original(text: str) -> str:
    """The inverse of `harmless`.

    Example:
        >>> original("'=cmd()"), original("'tis")
        ('=cmd()', "'tis")
    """
    return text[1:] if text.startswith("'") and harmless(text[1:]) == text else text


def number(text: str) -> bool:
    """Whether a text is a plain number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
