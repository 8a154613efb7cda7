"""Arrays into files: .npy as they are, .csv as a table, .png as pictures, or by their form; whole or not at all."""

import csv
import io
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from ..core.errors import UsageError, require
from ..core.files import write_bytes, write_folder
from ..core.sheets import harmless
from ..data.forms import Form
from ..data.forms.sound import Sound

COLUMNS = 10
TOLD = 50  # lines that are printed
SMALLEST = 480  # pixels of a sheet's width, so that 8 x 8 digits can be seen


def write(
    path: Path,
    array: np.ndarray,
    limits: tuple[float, float] = (0.0, 1.0),
    columns: int = COLUMNS,
    form: Form | None = None,
) -> None:
    """Write examples (n, *event) by the ending of the path, as people read them where they have a form; print it, and
    lines of text, too.

    Recordings without an ending become a folder with a file for each.
    """
    if isinstance(form, Sound) and not path.suffix:
        return folder(path, array, form)
    if form is not None and path.suffix.lower() == ".txt":
        tell(form.lines(array[:TOLD]), len(array))
    drawn = {".png": lambda: png(array, limits, columns, form)} if form is None or form.drawn else {}
    own = {} if form is None else {ending: partial(form.content, array, ending) for ending in form.endings}
    save(path, {**own, ".npy": lambda: npy(array), **drawn})


def tell(lines: Sequence[str], count: int) -> None:
    """Print lines, and how many more there are."""
    print(*lines, sep="\n")
    if count > len(lines):
        print(f"... and {count - len(lines):,} more")


def folder(path: Path, array: np.ndarray, form: Form) -> None:
    """Write a new folder with a file for each example, and print it."""
    require(not path.exists(), "`out` without an ending is a folder, which must not exist yet", str(path))
    ending = form.endings[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_folder(path, {f"{n:04}{ending}": form.content(array[n : n + 1], ending) for n in range(len(array))})
    print(path)


def save(path: Path, kinds: dict) -> None:  # type: ignore[type-arg]
    """Write what the path's ending asks for, and print the path."""
    put(path, kinds)
    print(path)


def put(path: Path, kinds: dict) -> None:  # type: ignore[type-arg]
    """Write what the path's ending asks for."""
    if path.suffix.lower() not in kinds:
        raise UsageError(f"`out` must end in {' or '.join(kinds)}; got {str(path)!r}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, kinds[path.suffix.lower()]())


def npy(array: np.ndarray) -> bytes:
    """The content of a .npy file."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def table(codes: np.ndarray, labels: Sequence[str] | None) -> bytes:
    """Codes as comma-separated values, one column an axis; first the label where there are any."""
    flat = codes.reshape(len(codes), -1)
    buffer = io.StringIO(newline="")
    rows = csv.writer(buffer)
    rows.writerow([*(["label"] if labels is not None else []), *(f"z{j}" for j in range(flat.shape[1]))])
    for number, code in enumerate(flat.tolist()):
        rows.writerow([*([harmless(labels[number])] if labels is not None else []), *code])
    return buffer.getvalue().encode("utf-8-sig")  # the mark tells spreadsheets that it is UTF-8


def png(examples: np.ndarray, limits: tuple[float, float], columns: int, form: Form | None = None) -> bytes:
    """A sheet of pictures and spectrograms; anything else is drawn as curves."""
    from PIL import Image

    from ..plots import mosaic, pictures

    buffer = io.BytesIO()
    if form is not None and form.kind == "mel":
        examples = pictures.spectrograms(examples)
    if examples.ndim != 4:
        pictures.grid(examples, columns, *shown(examples, limits)).savefig(buffer, format="png", dpi=150)
        return buffer.getvalue()
    sheet = mosaic.mosaic(mosaic.arranged(examples, columns), *shown(examples, limits))
    factor = max(1, SMALLEST // sheet.shape[1])
    Image.fromarray(sheet).resize((sheet.shape[1] * factor, sheet.shape[0] * factor), 0).save(buffer, "PNG")
    return buffer.getvalue()


def shown(examples: np.ndarray, limits: tuple[float, float]) -> tuple[float, float]:
    """The range to draw: that of the data where it is bounded, otherwise that of the examples."""
    if np.isfinite(limits).all():
        return limits
    low, high = float(np.nanmin(examples)), float(np.nanmax(examples))
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def write_pairs(
    path: Path,
    originals: np.ndarray,
    copies: np.ndarray,
    limits: tuple[float, float],
    form: Form | None = None,
) -> None:
    """Write copies as they are, or each row of originals above its copies, and print the path; lines of text are
    printed with their originals, too."""
    from ..plots.pictures import paired

    if path.suffix.lower() == ".txt" and form is not None:
        both = zip(form.lines(originals[:TOLD]), form.lines(copies[:TOLD]), strict=True)
        tell([f"{a} -> {b}" for a, b in both], len(copies))
        save(path, {".txt": lambda: form.content(copies, ".txt")})
    elif path.suffix.lower() == ".png" and (form is None or form.drawn):
        columns = min(COLUMNS, len(originals))
        sheet = paired(originals, copies, columns)
        write(path, sheet.reshape(-1, *originals.shape[1:]), shown(originals, limits), columns, form)
    else:
        write(path, copies, form=form)
