"""What the user says about columns: `--columns "age=count,price=log-normal,id=skip,size=S<M<L"`."""

import re
from collections.abc import Mapping

from ...core.errors import UsageError, unknown
from ...core.event import COLUMNS

SKIP = "skip"
LIKELIHOODS = {
    "gaussian": "real",
    "student-t": "real",
    "laplace": "real",
    "log-normal": "positive",
    "gamma": "positive",
    "poisson": "count",
    "negative-binomial": "count",
    "bernoulli": "binary",
    "categorical": "categorical",
    "ordinal": "ordinal",
}  # and the kind of column that each describes
KNOWN = (SKIP, *COLUMNS, *(name for name in LIKELIHOODS if name not in COLUMNS))


def choices(given: str | Mapping[str, str] | None, names: list[str]) -> dict[str, str]:
    """What each named column is to be: a kind, a likelihood, "skip", an order "S<M<L" or a format of dates "%d/%m/%Y".

    Raises:
        UsageError: For a text of another form, a column that is not there, or a word that means nothing.

    Example:
        >>> choices("age=count,size=S<M<L", ["age", "size", "id"])
        {'age': 'count', 'size': 'S<M<L'}
    """
    pairs = _pairs(given) if isinstance(given, str) else dict(given or {})
    for name, choice in pairs.items():
        if name not in names:
            raise unknown("column", name, names)
        if not isinstance(choice, str) or not (choice in KNOWN or "<" in choice or "%" in choice):
            raise unknown(f"kind or likelihood of the column {name!r}:", str(choice), KNOWN)
    return pairs


def _pairs(text: str) -> dict[str, str]:
    parts = [part.rpartition("=") for part in re.split(r",(?=[^,]*=)", text) if part.strip()]
    for name, equals, _ in parts:
        if not equals or not name.strip():
            raise UsageError(
                f'`columns` must say what each column is; got {text!r}. Write --columns "age=count,id=skip"; in a YAML '
                "file, a mapping."
            )
    return {name.strip(): choice.strip() for name, _, choice in parts}
