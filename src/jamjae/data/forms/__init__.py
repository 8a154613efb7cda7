"""Forms by kind. The list is closed: a saved spec chooses among these."""

from typing import Any

from ...core.errors import Damaged
from .base import Form
from .mel import Mel
from .series import Series
from .table import Table
from .text import Text
from .wave import Wave

FORMS: dict[str, type[Form]] = {form.kind: form for form in (Mel, Series, Table, Text, Wave)}


def revive(spec: dict[str, Any] | None) -> Form | None:
    """The form that a spec describes; None where examples are plain numbers.

    Raises:
        Damaged: For a kind that does not exist.
    """
    if spec is None:
        return None
    if spec.get("kind") not in FORMS:
        raise Damaged(f"the form {spec.get('kind')!r} of the data is not one of {', '.join(FORMS)}.")
    return FORMS[spec["kind"]].of(spec)


__all__ = ["FORMS", "Form", "Mel", "Series", "Table", "Text", "Wave", "revive"]
