"""How a source is to be read: the options of `read` that only some kinds of data know."""

from dataclasses import dataclass, fields
from typing import Any

from ..core.errors import require
from ..core.event import Event
from .forms.base import Form

ABOUT = {  # what each option is for
    "size": "folders of pictures and picture files",
    "strict": "folders of files",
    "missing": "tables, arrays, .npy and .npz files",
    "columns": "tables",
}


@dataclass(frozen=True)
class Wish:
    """How a source is to be read. `read` takes the same names.

    Arguments:
        size: Height and width of every picture. If None, the most frequent size (of several, the middle one by area).
        strict: Whether a file of a folder that cannot be read is an error; otherwise it is skipped and listed.
        missing: Whether cells may be missing: NaN in an array, which is an error otherwise. A table with gaps needs no
            such word; one without may have them later.
        columns: What columns of a table are: {"age": "count", "id": "skip"}, or "age=count,id=skip"; see `data.tables`.
        label: Name of the column of a table that holds the labels.
        event: The event of a model that the examples are to fit.
        form: The form of the data that this model was fitted on.
    """

    size: int | None = None
    strict: bool = False
    missing: bool = False
    columns: str | dict[str, str] | None = None
    label: str | None = None
    event: Event | None = None
    form: Form | None = None

    def only(self, *known: str) -> None:
        """Refuse options that this source does not know.

        Raises:
            UsageError: With what the option is for.
        """
        for name, about in ABOUT.items():
            value = getattr(self, name)
            given = value is not None and value is not False and name not in known
            require(not given, f"`{name}` is for {about}", value, f"Leave `{name}` out.")


WISHES = tuple(ABOUT)
HINTS: dict[str, Any] = {f.name: f.type for f in fields(Wish) if f.name in ABOUT}
