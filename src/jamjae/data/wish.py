"""How a source is to be read: the options of `read` that only some kinds of data know."""

from dataclasses import dataclass, fields
from typing import Any, Literal

from ..core.errors import require
from ..core.event import Event
from .forms.base import Form

ABOUT = {  # what each option is for
    "size": "folders of pictures and picture files, shards and `hf:` sources",
    "strict": "folders of files",
    "memory": "`.npy`, `.npz` and Parquet files, shards and `hf:` sources",
    "labels_from_name": "folders of files",
    "kind": "arrays and files of numbers",
    "window": "series of numbers: a table, an array or a .npy file",
    "stride": "series of numbers, with `window`",
    "sound": "recordings",
    "rate": "recordings",
    "seconds": "recordings",
    "missing": "tables, arrays, .npy and .npz files",
    "columns": "tables",
    "text": "tables with a column of sentences",
    "tokens": "text",
    "vocabulary": "text in word-pieces",
    "length": "text",
}


@dataclass(frozen=True)
class Wish:
    """How a source is to be read. `read` takes the same names.

    Arguments:
        size: Height and width of every picture. If None, the most frequent size (of several, the middle one by area).
        strict: Whether a file of a folder that cannot be read is an error; otherwise it is skipped and listed.
        memory: Bytes of examples, as in "2GiB", beyond which they stay in a file that is mapped; None: 1 GiB.
        labels_from_name: Which part of a file's name, between underscores and counted from 1, is its label. If None,
            the names of the uppermost sub-folders are the labels.
        kind: "sequence": an array (n, places, channels) or (n, places) holds sequences, and no pictures or vectors.
        window: Length of the windows into which a series (rows in the order of time) is cut.
        stride: Rows from the start of a window to that of the next. If None, the length of a window.
        sound: "mel" (log-mel spectrograms) or "wave" (the samples themselves). If None, "mel".
        rate: Samples a second of every recording. If None, the most frequent rate. Arrays of waveforms need it.
        seconds: Length of every recording. If None, what covers 95 % of them.
        missing: Whether cells may be missing: NaN in an array, which is an error otherwise. A table with gaps needs no
            such word; one without may have them later.
        columns: What columns of a table are: {"age": "count", "id": "skip"}, or "age=count,id=skip"; see `data.tables`.
        text: Name of the column of a table that holds sentences.
        tokens: "bytes" or "words" (pieces learned from the training text). If None, "bytes".
        vocabulary: Word-pieces, at least 256. If None, 2,000.
        length: Tokens of an example, the one that ends it included. If None, what 95 % of the training text needs,
            rounded up to eights, at most 64.
        label: Name of the column of a table that holds the labels.
        event: The event of a model that the examples are to fit.
        form: The form of the data that this model was fitted on.
    """

    size: int | None = None
    strict: bool = False
    memory: str | None = None
    labels_from_name: int | None = None
    kind: Literal["sequence"] | None = None
    window: int | None = None
    stride: int | None = None
    sound: Literal["mel", "wave"] | None = None
    rate: int | None = None
    seconds: float | None = None
    missing: bool = False
    columns: str | dict[str, str] | None = None
    text: str | None = None
    tokens: Literal["bytes", "words"] | None = None
    vocabulary: int | None = None
    length: int | None = None
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
