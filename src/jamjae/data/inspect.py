"""What a careful eye sees in a data set before training, in plain words, each with a remedy."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from ..core.shapes import missing
from .dataset import SPLITS, Dataset
from .rows import hashes, repeated

Level = Literal["info", "warning", "error"]
FEW = 30  # examples: below, an interval says little
RARE = 10.0  # times fewer than the largest class
UNEVEN = 100.0  # ratio of standard deviations between columns
DARK = 0.5  # a picture's values should reach this share of the range
_CHUNK = 1 << 23  # values looked at together


@dataclass(frozen=True)
class Finding:
    """One observation.

    Arguments:
        level: "info" (to know), "warning" (results may mislead) or "error" (training makes no sense).
        what: The observation, in plain words.
        remedy: What to do about it; empty where nothing needs doing.
        name: "repeated in train", "shared with test", ...: what others may ask for; empty where nobody does.
        share: The share of examples it speaks of, where it is about a share.
    """

    level: Level
    what: str
    remedy: str = ""
    name: str = ""
    share: float = 0.0

    def __str__(self) -> str:
        return f"{self.level}: {self.what} {self.remedy}".rstrip()


def inspect(dataset: Dataset) -> list[Finding]:
    """All findings: general ones first, then values, rows and labels.

    Example:
        >>> from jamjae.data import read
        >>> print(inspect(read("digits"))[0])
        info: 1,797 examples: 1,258 train, 180 validation, 359 test.
    """
    return [finding for check in CHECKS for finding in check(dataset)]


def counts(dataset: Dataset) -> Iterator[Finding]:
    sizes = {name: len(dataset.rows(name)) for name in SPLITS}
    yield Finding("info", f"{len(dataset):,} examples: {', '.join(f'{n:,} {name}' for name, n in sizes.items())}.")
    if sizes["test"] == 0:
        yield Finding("warning", "There is no test split.", "Measure on other data, or leave `test` out.")
    for name in ("validation", "test"):
        if 0 < sizes[name] < FEW:
            what = f"The {name} split has only {sizes[name]} examples: its numbers are rough."
            yield Finding("warning", what, f"Gather more data, or raise `{name}`.")
    if 0 < sizes["train"] < dataset.event.cells:
        what = f"Fewer training examples ({sizes['train']:,}) than values per example ({dataset.event.cells:,})."
        yield Finding("warning", what, "Expect overfitting: use a small model, and watch the validation loss.")


def shape(dataset: Dataset) -> Iterator[Finding]:
    event = dataset.event
    form = " x ".join(str(n) for n in event.shape)
    seen = "0 or 1" if event.levels == 2 else f"{event.levels} categories" if event.levels else "real numbers"
    how = "" if dataset.binarise == "none" else f" (binarised: {dataset.binarise})"
    about = f"table row of {form} columns" if event.columns else f"{event.kind} of {form} values: {seen}{how}"
    yield Finding("info", f"Each example is one {about}.")
    for note in dataset.notes:
        yield Finding("info", note)


def values(dataset: Dataset) -> Iterator[Finding]:
    train = dataset.inorder("train")
    if not len(train) or dataset.event.columns:  # columns are judged one by one when a table is read
        return
    low, high = extremes(dataset, train)
    yield Finding("info", f"Training values lie in [{low.min():.4g}, {high.max():.4g}].")
    if (low > high).any():
        which = int((low > high).nonzero()[0])
        yield Finding("error", f"No training example has a value in column {which}.", "Choose another `seed`.")
        return
    if not (low.isfinite() & high.isfinite()).all():
        yield Finding("error", "Some training values are NaN or infinite.", "Drop those rows, or fill them in.")
        return
    yield from _constant(dataset, low, high)
    yield from _picture_range(dataset, float(low.min()), float(high.max()))
    if dataset.event.kind == "vector" and not dataset.event.levels:
        yield from _uneven(deviations(dataset, train))


def _constant(dataset: Dataset, low: Tensor, high: Tensor) -> Iterator[Finding]:
    still = low == high
    if still.all():
        yield Finding(
            "error", "All training examples are equal: there is nothing to learn.", "Check how they were made."
        )
    elif still.any() and dataset.event.kind == "image":
        yield Finding("info", f"{int(still.sum())} of {len(still)} pixel values never change (a border, for instance).")
    elif still.any() and dataset.event.kind == "audio":
        yield Finding("info", f"{int(still.sum())} of {len(still)} values never change (silence, for instance).")
    elif still.any():
        which = ", ".join(str(i) for i in still.nonzero().flatten()[:5].tolist()) + ", ..." * bool(still.sum() > 5)
        what = f"{int(still.sum())} of {len(still)} columns never change in training: column {which}."
        yield Finding("warning", what, "Remove them: they carry nothing, and a learned scale can run away on them.")


def _picture_range(dataset: Dataset, low: float, high: float) -> Iterator[Finding]:
    if dataset.event.kind != "image":
        return
    if low < 0 or high > 1:
        by = "255" if low >= 0 and high <= 255 else "their largest value"
        what = f"Pictures have values in [{low:.4g}, {high:.4g}], outside [0, 1]."
        yield Finding("warning", what, f"Divide by {by} if they are brightness; leave them if they are measurements.")
    elif 0 < high < DARK and dataset.event.levels != 2:
        what = f"Pictures reach only {high:.3g} of the range."
        yield Finding("warning", what, "If their scale is not 0 to 255, divide them by their own maximum first.")


def _uneven(deviation: Tensor) -> Iterator[Finding]:
    alive = deviation[deviation > 0]
    if len(alive) > 1 and alive.max() > UNEVEN * alive.min():
        what = f"Columns differ in scale: standard deviations go from {alive.min():.3g} to {alive.max():.3g}."
        yield Finding("warning", what, "Divide each column by its standard deviation.")


def extremes(dataset: Dataset, rows: Tensor) -> tuple[Tensor, Tensor]:
    """Smallest and largest value of every cell before binarisation, (cells,) each, float64."""
    least, most = [], []
    for part in torch.split(rows, _size(dataset)):
        x = dataset.raw(part).flatten(1)
        gaps = dataset.event.missing  # otherwise NaN is a value that went bad
        least.append((_known(x, torch.inf) if gaps else x).amin(0))
        most.append((_known(x, -torch.inf) if gaps else x).amax(0))
    low, high = torch.stack(least).amin(0), torch.stack(most).amax(0)
    return low.cpu().double() / dataset.unit, high.cpu().double() / dataset.unit


def deviations(dataset: Dataset, rows: Tensor) -> Tensor:
    """Standard deviation of every cell before binarisation, (cells,), float64."""
    total, square, count = (torch.zeros(dataset.event.cells).double() for _ in range(3))
    shift = _known(dataset.scaled(rows[:1]).flatten().cpu().double(), 0.0)  # against cancellation in large numbers
    for part in torch.split(rows, _size(dataset)):
        x = dataset.scaled(part).flatten(1).cpu().double() - shift
        there, x = ~missing(x), _known(x, 0.0)
        total, square, count = total + x.sum(0), square + x.square().sum(0), count + there.sum(0)
    return (square / count - (total / count).square()).clamp(min=0.0).sqrt()


def _known(x: Tensor, otherwise: float) -> Tensor:
    """x with a number in place of missing cells."""
    return x.masked_fill(x.isnan(), otherwise) if x.is_floating_point() else x


def _size(dataset: Dataset) -> int:
    """Rows that are looked at together."""
    return max(1, _CHUNK // dataset.event.cells)


def duplicates(dataset: Dataset) -> Iterator[Finding]:
    found = {name: hashes(dataset.x, dataset.inorder(name)) for name in SPLITS}
    again = repeated(found["train"])
    if again:
        share = again / len(found["train"])
        what = f"{again:,} training examples ({share:.1%}) repeat an earlier one exactly."
        level: Level = "warning" if share > 0.01 else "info"
        yield Finding(level, what, "Remove them unless they are meant to count twice.", "repeated in train", share)
    for name in ("validation", "test"):
        leaked = int(torch.isin(found[name], found["train"]).sum())
        if leaked:
            what = f"{leaked:,} of {len(found[name]):,} {name} examples are also in the training split."
            remedy, share = "Remove duplicates before splitting: these flatter the model.", leaked / len(found[name])
            yield Finding("warning", what, remedy, f"shared with {name}", share)


def labels(dataset: Dataset) -> Iterator[Finding]:
    if dataset.y is None:
        return
    y = dataset.y.cpu()
    if y.is_floating_point():
        yield from _numbers(y[~y.isnan()])
        return
    known, classes = y[y >= 0], max(len(dataset.classes), int(y.max()) + 1)
    if not len(known):
        yield Finding("warning", "No example has a label.", "Leave `labels` out.")
        return
    size = torch.bincount(known, minlength=classes)
    yield Finding("info", f"{classes} classes of {int(size.min()):,} to {int(size.max()):,} examples.")
    if classes == len(known) > 1:
        yield Finding("warning", "Every label is different: they look like row numbers.", "Leave `labels` out.")
        return
    yield from _rare(dataset, size)
    here = y[dataset.rows("train")]
    absent = torch.bincount(here[here >= 0], minlength=classes) == 0
    if (absent & (size > 0)).any():
        yield Finding("warning", f"Not in the training split: {_names(dataset, absent)}.", "Choose another `seed`.")


def _numbers(known: Tensor) -> Iterator[Finding]:
    if not len(known):
        yield Finding("warning", "No example has a label.", "Leave `labels` out.")
    elif known.min() == known.max():
        yield Finding("warning", f"Every label is {known[0]:.4g}.", "Leave `labels` out.")
    else:
        yield Finding("info", f"Labels are numbers in [{known.min():.4g}, {known.max():.4g}], no classes.")


def _rare(dataset: Dataset, size: Tensor) -> Iterator[Finding]:
    rare = size * RARE < size.max()
    if rare.any():
        what = (
            f"{int(rare.sum())} of {len(size)} classes have less than a tenth of the largest: {_names(dataset, rare)}."
        )
        yield Finding("warning", what, "Read averages per class; a model may ignore the rare ones.")


def _names(dataset: Dataset, which: Tensor) -> str:
    rows = which.nonzero().flatten().tolist()
    names = [dataset.classes[i] if i < len(dataset.classes) else str(i) for i in rows[:5]]
    return ", ".join(names) + ", ..." * (len(rows) > 5)


CHECKS = (counts, shape, values, duplicates, labels)
