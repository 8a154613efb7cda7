"""Forms by kind. The list is closed: a saved spec chooses among these."""

from typing import Any

from ...core.errors import Damaged
from .base import Form
from .table import Table

FORMS: dict[str, type[Form]] = {form.kind: form for form in (Table,)}


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


__all__ = ["FORMS", "Form", "Table", "revive"]
